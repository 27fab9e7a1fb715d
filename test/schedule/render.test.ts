import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { HOUR } from "../../src/kernel/units.ts"
import { PLATFORMS, renderSchedule } from "../../src/schedule/render.ts"
import type { ScheduleInput } from "../../src/schedule/model.ts"

const input: ScheduleInput = {
  env: "prod",
  config: "/etc/dr/dr.yaml",
  binary: "/usr/bin/dr",
  image: "registry.example/dr:0.1.0",
  entries: [
    { drill: "loki-sample", cron: "17 2 * * 1", timezone: "UTC", graceMs: 6 * HOUR },
    { drill: "primary-key-disabled", cron: "43 4 1 */3 *", timezone: "Europe/Berlin", graceMs: 24 * HOUR },
  ],
}
const entry = input.entries[0]!
const contentOf = (platform: (typeof PLATFORMS)[number], given: ScheduleInput, suffix: string): string =>
  renderSchedule(platform, given).find((file) => file.path.endsWith(suffix))?.content ?? ""

describe.each(PLATFORMS)("for %s", (platform) => {
  const files = renderSchedule(platform, input)
  it("the files are those of test/schedule/golden", async () => {
    expect(files.length).toBeGreaterThan(0)
    for (const { path, content } of files) await expect(content).toMatchFileSnapshot(`golden/${platform}/${path}`)
  })
  it("each names the command that made it and ends with a newline", () => {
    for (const { path, content } of files) {
      const env = path.includes("@") ? "" : " --env prod"
      expect(content.split("\n")[0]).toBe(`# made by: dr drill schedule --for ${platform}${env}`)
      expect(content).toMatch(/[^\n]\n$/)
    }
  })
  it("each drill is started by the whole command, without questions", () => {
    const all = files.map((file) => file.content.replaceAll(/[",[\]]/g, "")).join("")
    for (const { drill } of input.entries)
      expect(all).toContain(`/usr/bin/dr drill run ${drill} --env prod --trigger schedule --no-input`)
  })
  it("what environments share has one text, so that none makes the other's stale", () => {
    const contents = new Map(files.map(({ path, content }) => [path, content]))
    for (const { path, content } of renderSchedule(platform, { ...input, env: "test" }))
      if (contents.has(path)) expect(content).toBe(contents.get(path))
  })
  it("is pure: the same input gives the same files", () =>
    expect(renderSchedule(platform, structuredClone(input))).toEqual(files))
  it("a drill with two schedules gets two names", () => {
    const twice = renderSchedule(platform, { ...input, entries: [entry, { ...entry, cron: "17 2 * * 4" }] })
    expect(new Set(twice.map((file) => file.path)).size).toBe(twice.length)
    expect(twice.map((file) => file.content).join("")).toMatch(/Thu|\* 4/)
  })
  it.each([
    [{ entries: [{ ...entry, cron: "0 2 13 * 5" }] }, /"0 2 13 \* 5"/],
    [{ entries: [{ ...entry, timezone: "Nowhere/X" }] }, /"Nowhere\/X"/],
    [{ entries: [{ ...entry, timezone: "UTC\nExecStart=/bin/sh" }] }, /no time zone/],
    [{ entries: [{ ...entry, drill: "a;b" }] }, /"a;b"/],
    [{ config: "/etc/dr.yaml\nUser=root" }, /cannot be written/],
    [{ binary: "dr" }, /cannot be written/],
    [{ image: "a b" }, /cannot be written/],
  ] satisfies Array<[Partial<ScheduleInput>, RegExp]>)("refuses %j", (change, message) => {
    expect(() => renderSchedule(platform, { ...input, ...change })).toThrow(
      expect.objectContaining({ code: "E_SCHEDULE", message: expect.stringMatching(message) as string }),
    )
  })
})

describe("hostile but lawful paths", () => {
  const odd = { ...input, config: `/srv/d r/it's 100%$HOME/"dr".yaml`, binary: "/opt/d r/100%$X/dr" }
  it("are quoted for systemd", () => {
    const text = contentOf("systemd", odd, "loki-sample.service")
    expect(text).toContain(`Environment="DR_CONFIG=/srv/d r/it's 100%%$HOME/\\"dr\\".yaml"\n`)
    expect(text).toContain(`ExecStart="/opt/d r/100%%$$X/dr" drill run`)
  })
  it("are quoted for the shell of cron, % escaped", () => {
    const line =
      contentOf("cron", odd, "prod")
        .split("\n")
        .find((one) => one.includes("loki-sample")) ?? ""
    expect(line).toContain(`DR_CONFIG='/srv/d r/it'\\''s 100\\%$HOME/"dr".yaml'`)
    const command = line
      .replace(/^.*? dr DR_CONFIG/, "DR_CONFIG")
      .replaceAll("\\%", "%")
      .replace("'/opt/d r/100%$X/dr'", "printenv")
    expect(
      execFileSync("/bin/sh", ["-c", command.replace(/printenv .*/, "printenv DR_CONFIG")], { encoding: "utf8" }),
    ).toBe(`${odd.config}\n`)
  })
  it("arrive whole in Kubernetes", () => {
    const container = parse(contentOf("kubernetes", odd, "loki-sample.yaml")).spec.jobTemplate.spec.template.spec
      .containers[0]
    expect(container.command[0]).toBe(odd.binary)
    expect(container.env[0]).toEqual({ name: "DR_CONFIG", value: odd.config })
  })
})

describe("the CronJob", () => {
  const job = parse(contentOf("kubernetes", input, "primary-key-disabled.yaml"))
  it("carries schedule, zone, grace and limits", () => {
    expect(job.spec).toMatchObject({
      schedule: "43 4 1 1,4,7,10 *",
      timeZone: "Europe/Berlin",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 86_400,
    })
    expect(job.spec.jobTemplate.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 18_000 })
  })
  it("runs without root and without a root to write to", () => {
    const pod = job.spec.jobTemplate.spec.template.spec
    expect(pod.securityContext.runAsNonRoot).toBe(true)
    expect(pod.containers[0].securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
    })
  })
  it("keeps its name within 52 characters, different for different drills", () => {
    const long = "a".repeat(60)
    const names = renderSchedule("kubernetes", {
      ...input,
      entries: [
        { ...entry, drill: `${long}b` },
        { ...entry, drill: `${long}c` },
      ],
    }).map((file) => parse(file.content).metadata.name as string)
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,50}[a-z0-9]$/)
  })
  it("a grace of nothing still leaves the controller its ten seconds", () => {
    const eager = { ...input, entries: [{ ...entry, graceMs: 0 }] }
    expect(parse(contentOf("kubernetes", eager, ".yaml")).spec.startingDeadlineSeconds).toBe(10)
  })
})

describe.skipIf(!existsSync("/usr/bin/systemd-analyze"))("systemd itself", () => {
  it("finds nothing to say about the units", () => {
    const folder = mkdtempSync(join(tmpdir(), "dr-units-"))
    try {
      const files = renderSchedule("systemd", { ...input, binary: "/bin/true" })
      for (const { path, content } of files)
        writeFileSync(join(folder, path), content.replace("/usr/bin/logger", "/bin/true"))
      const units = files.map((file) => join(folder, file.path.replace("@.", "@x.")))
      for (const file of files.filter(({ path }) => path.includes("@"))) {
        writeFileSync(join(folder, file.path.replace("@.", "@x.")), readFileSync(join(folder, file.path)))
      }
      const said = execFileSync("sh", ["-c", 'systemd-analyze verify "$@" 2>&1; true', "sh", ...units], {
        encoding: "utf8",
        env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
      })
      expect(said.split("\n").filter((line) => line.includes("dr-drill"))).toEqual([])
      expect(said).not.toMatch(/fail(?!ed@)/i)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
  it("reads the calendar as it was meant", () => {
    const calendars = renderSchedule("systemd", input).flatMap(
      (file) => /^OnCalendar=(.*)$/m.exec(file.content)?.[1] ?? [],
    )
    expect(calendars).toHaveLength(2)
    for (const calendar of calendars)
      expect(execFileSync("systemd-analyze", ["calendar", calendar], { encoding: "utf8" })).toContain("Next elapse")
  })
})
