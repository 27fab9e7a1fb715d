import { describe, expect, it } from "vitest"
import { junit } from "../../src/report/junit.ts"

describe("junit", () => {
  it("counts per suite and in all, a failure before a skip", () => {
    const text = junit([
      {
        name: "prod",
        cases: [
          { name: "a", classname: "x", timeS: 0.5 },
          { name: "b", classname: "x", failure: "first line\nsecond" },
          { name: "c", classname: "x", skipped: "no organisation given" },
          { name: "d", classname: "x", failure: "both", skipped: "both", timeS: 1 },
        ],
      },
      { name: "dev", cases: [] },
    ])
    expect(text.split("\n")).toEqual([
      `<?xml version="1.0" encoding="UTF-8"?>`,
      `<testsuites tests="4" failures="2" errors="0" skipped="1" time="1.500">`,
      `  <testsuite name="prod" tests="4" failures="2" errors="0" skipped="1" time="1.500">`,
      `    <testcase name="a" classname="x" time="0.500"/>`,
      `    <testcase name="b" classname="x">`,
      `      <failure message="first line">first line`,
      `second</failure>`,
      `    </testcase>`,
      `    <testcase name="c" classname="x">`,
      `      <skipped message="no organisation given"/>`,
      `    </testcase>`,
      `    <testcase name="d" classname="x" time="1.000">`,
      `      <failure message="both">both</failure>`,
      `    </testcase>`,
      `  </testsuite>`,
      `  <testsuite name="dev" tests="0" failures="0" errors="0" skipped="0" time="0.000">`,
      `  </testsuite>`,
      `</testsuites>`,
    ])
  })

  it("escapes markup, quotes and control characters wherever a stranger's text stands", () => {
    const hostile = `"><a href='x'>&\u0000\u001b[2J\u202e\uffff`
    const safe = `&quot;&gt;&lt;a href=&apos;x&apos;&gt;&amp;\\u{0}\\u{1b}[2J\\u{202e}\\u{ffff}`
    const text = junit([
      {
        name: hostile,
        cases: [
          { name: hostile, classname: hostile, failure: hostile },
          { name: "b", classname: "x", skipped: hostile },
        ],
      },
    ])
    expect(text.split(safe)).toHaveLength(1 + 6)
    expect(text).not.toContain("<a")
    // oxlint-disable-next-line no-control-regex -- looks for exactly these
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\ufffe\uffff]/)
  })
})
