import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { escapeXml, readXml } from "../../../src/sandbox/s3/xml.ts"

describe("the XML reader", () => {
  it.each([
    ["&#x1F600;", "😀"],
    ["&#128512;", "😀"],
    ["&#10;", "\n"],
    [" a  b ", " a  b "],
    ["&amp;lt;", "&lt;"],
    ["<![CDATA[<&]]>", "<&"],
  ])("reads %j exactly", (source, text) => {
    expect(readXml(`<?xml version="1.0"?><Key xmlns="urn:x">${source}</Key>`).text).toBe(text)
  })

  it.each([
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    "<a>&nbsp;</a>",
    "<a>&#0;</a>",
    "<a>&#xD800;</a>",
    "<a>a & b</a>",
    "<a><b></a></b>",
    "<a>",
    "<a/><b/>",
    "",
    "text",
    "<a>text<b/></a>",
    "<a b=c/>",
  ])("refuses %j", (source) => {
    expect(() => readXml(source)).toThrow(expect.objectContaining({ code: "MalformedXML" }) as Error)
  })

  it("gives back whatever was escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("\0"))
        expect(readXml(`<a>${escapeXml(text)}</a>`).text).toBe(text)
      }),
    )
  })
})
