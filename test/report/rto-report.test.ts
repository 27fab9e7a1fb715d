import { describe, expect, it } from "vitest"
import { rtoHtml } from "../../src/report/html.ts"
import { rtoMarkdown } from "../../src/report/markdown.ts"
import { percent } from "../../src/report/words.ts"
import { foldRun } from "../../src/rto/fold.ts"
import { reportOf } from "../../src/rto/report.ts"
import { tell } from "../rto/story.ts"
import { HOSTILE, history, NOW, PROD, report } from "./fixture.ts"

describe("the report as a page", () => {
  const page = rtoHtml(report())

  it("is the golden one, byte for byte", async () => {
    await expect(page).toMatchFileSnapshot("../golden/report/rto.html")
    expect(rtoHtml(report())).toBe(page)
  })

  it("has a strict policy, no script and no reference to anywhere", () => {
    expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:"`)
    expect(page).not.toMatch(/<script|<link|<img|<iframe|javascript:|@import|url\((?!#)/i)
    expect([...page.matchAll(/(?:href|src|action|xlink:href)="([^"]*)"/g)].map((match) => match[1])).toEqual([
      "#verdict",
    ])
    expect(page).not.toMatch(/<[^>]*\son\w+=/)
  })

  it("shows hostile names as harmless text", () => {
    expect(page).toContain("s3://loki/&lt;script&gt;alert(1)&lt;/script&gt;")
    expect(page).toContain("s3://loki/\\u{1b}[2Jgone\\u{7}")
    expect(page).toContain("s3://loki/\\u{202e}gnp.exe")
    expect(page).toContain("a|b`c`&amp;amp;*d*_e_")
    // oxlint-disable-next-line no-control-regex -- exactly these must not be there
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  })

  it("is well-nested", () => {
    const open: string[] = []
    for (const [, close, name, self] of page
      .replace(/<style>[\s\S]*?<\/style>/, "")
      .matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/gi)) {
      if (name === undefined || self === "/" || ["meta", "br"].includes(name)) continue
      if (close === "/") expect(open.pop()).toBe(name)
      else open.push(name)
    }
    expect(open).toEqual([])
  })

  it("has a title and a description for every chart, and a scope for every header cell", () => {
    const charts = page.match(/<svg role="img"[\s\S]*?<\/svg>/g) ?? []
    expect(charts.length).toBeGreaterThanOrEqual(4)
    for (const chart of charts) expect(chart).toMatch(/^<svg[^>]*><title>[^<]+<\/title><desc>[^<]+<\/desc>/)
    expect(page).not.toMatch(/<th(?![^>]*scope=)[\s>]/)
  })

  it("says on its face that a rehearsal is no evidence", () => {
    const records = [foldRun(tell({ simulated: true }))]
    const accepted = rtoHtml(reportOf(records, [PROD], NOW, { acceptSimulated: true }))
    expect(accepted).toContain("SIMULATED — emulated AWS: not evidence")
    expect(rtoHtml(reportOf(records, [{ ...PROD, drills: [] }], NOW, { acceptSimulated: true }))).toContain(
      "Keys and data come back in time, in rehearsal",
    )
    expect(rtoHtml(reportOf(records, [PROD], NOW, { acceptSimulated: false }))).toContain(
      "Recovery in time is not proven",
    )
  })

  it("names a broken file and proves nothing", () => {
    const broken = rtoHtml(
      reportOf(history(), [PROD], NOW, { acceptSimulated: false, broken: [{ file: "000002-x.json", why: "altered" }] }),
    )
    expect(broken).toContain("The chain of records is broken")
    expect(broken).toContain("000002-x.json")
    expect(broken).toContain("Recovery in time is not proven")
  })

  it("tells what the rights check found, and a missing right line by line", () => {
    const run = foldRun(tell({}))
    const [first] = run.drills
    const [preflight] = first?.phases ?? []
    if (first === undefined || preflight === undefined) throw new Error("no drill")
    const right = { role: "r", action: "s3:GetObject", resource: "x", why: "to read" } as const
    const drill: typeof first = {
      ...first,
      rights: [
        { ...right, model: "allowed", live: "allowed" },
        { ...right, model: "undecided", live: "allowed" },
        { ...right, model: "allowed", live: "not-tried" },
        { ...right, model: "allowed", live: "denied" },
        { ...right, model: "denied", live: "not-tried" },
      ],
      phases: [{ ...preflight, result: "failed", note: 'R may not\n  read\n  add {"Sid":"<b>"}' }],
    }
    const written = reportOf([{ ...run, drills: [drill] }], [PROD], NOW, { acceptSimulated: false })
    const rights = "3 of 5 rights proven before anything was written: 2 by AWS itself, 1 by the policies alone."
    expect(rtoHtml(written)).toContain(`loki-sample: ${rights}`)
    expect(rtoHtml(written)).toContain("R may not\n  read\n  add {&quot;Sid&quot;:&quot;&lt;b&gt;&quot;}</li>")
    expect(rtoHtml(written)).toMatch(/stopped after [^<]*: no RTO-K/)
    expect(rtoHtml(written)).toContain('<td class="n">–</td><td class="n">–</td>')
    expect(rtoMarkdown(written)).toContain(rights)
    expect(rtoMarkdown(written)).toContain('\n    R may not\n      read\n      add {"Sid":"<b>"}\n')
  })

  it("has a page for no records, too", () => {
    expect(rtoHtml(reportOf([], [PROD], NOW, { acceptSimulated: false }))).toContain("no record")
  })

  it("survives a run that was cut anywhere", () => {
    const events = tell({ objects: HOSTILE })
    for (let length = 0; length <= events.length; length += 3) {
      const cut = reportOf([foldRun(events.slice(0, length))], [PROD], NOW, { acceptSimulated: true })
      expect(rtoHtml(cut)).not.toMatch(/NaN|undefined|Infinity/)
      expect(rtoMarkdown(cut)).not.toMatch(/NaN|undefined|Infinity/)
    }
  })
})

describe("the report in other forms", () => {
  it("is the golden Markdown, with nothing of a name as markup", async () => {
    const text = rtoMarkdown(report())
    await expect(text).toMatchFileSnapshot("../golden/report/rto.md")
    const bad = rtoMarkdown(
      reportOf([foldRun(tell({ objects: HOSTILE, unknown: HOSTILE }))], [PROD], NOW, { acceptSimulated: false }),
    )
    expect(bad).not.toMatch(/[^\\]<script|[^\\]!\[|[^\\]\]\(|https?:\/\/|a\|b/)
  })

  it("is the golden JSON, with every object and every request id", async () => {
    const text = JSON.stringify(report(), undefined, 2)
    await expect(text).toMatchFileSnapshot("../golden/report/rto.json")
    for (let index = 0; index < HOSTILE.length; index++) expect(text).toContain(`req-copy-${index}`)
  })

  it("never rounds a share onto or across the limit", () => {
    expect([0, 0.00001, 0.084, 0.5469, 0.99999, 1, 1.00001, 1.5].map(percent)).toEqual([
      "0 %",
      "< 0.01 %",
      "8.4 %",
      "54.6 %",
      "> 99.9 %",
      "100 %",
      "> 100 %",
      "150 %",
    ])
  })
})
