import { expect, test } from "vitest"
import { rtoHtml } from "../../src/report/html.ts"
import { rtoMarkdown } from "../../src/report/markdown.ts"
import { report } from "./fixture.ts"

const page = rtoHtml(report())

test("the page allows nothing but its own style and data images", () => {
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1]?.replaceAll("&#39;", "'")
  expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
  expect(page).not.toMatch(/<(script|iframe|object|embed|link|base|form)\b/i)
  expect(page).not.toMatch(/\son[a-z]+\s*=\s*["']/i)
})

test("no attribute and no style of the page points anywhere outside it", () => {
  expect(page).not.toMatch(/\b(?:href|src|srcset|action|data|xlink:href)="(?!#|data:)/i)
  expect(page).not.toMatch(/@import|url\((?!#)/i)
})

test("names given by strangers stay text: no control or bidi character and no lone surrogate reaches the page", () => {
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  expect(Buffer.from(page, "utf8").toString("utf8")).toBe(page)
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;")
})

test("the same records give the same bytes", () => {
  expect(rtoHtml(report())).toBe(page)
  expect(rtoMarkdown(report())).toBe(rtoMarkdown(report()))
})

test("the page has a language, a skip link to a place that exists, and a scope on every header cell", () => {
  expect(page).toMatch(/<html lang="en"/)
  const target = /class="skip" href="#([^"]+)"/.exec(page)?.[1]
  expect(page).toContain(`id="${target}"`)
  expect(page.match(/<th\b(?![^>]*\bscope=)/g)).toBeNull()
})

test("markdown holds no live link or image from an object's name", () => {
  expect(rtoMarkdown(report())).not.toMatch(/(?<!\\)!?\[[^\]]*(?<!\\)\]\(https?:/)
})

test("markdown holds no tag from an object's name", () => {
  expect(rtoMarkdown(report())).not.toMatch(/<script/i)
})
