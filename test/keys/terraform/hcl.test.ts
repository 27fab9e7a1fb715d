import { describe, expect, it } from "vitest"
import { expression, heredoc, hclText, quoted } from "../../../src/keys/terraform/hcl.ts"

describe("text in HCL", () => {
  it.each([
    ["plain", "plain", `"plain"`],
    ["quotes and backslashes", `say "hi" \\ there`, String.raw`"say \"hi\" \\ there"`],
    ["what HCL would evaluate", "${aws:PrincipalTag/team} %{if}", `"$\${aws:PrincipalTag/team} %%{if}"`],
    ["a dollar before it", "$${x}", `"$$$\{x}"`.replace("\\", "")],
    ["signs that begin nothing", "100% of $5 {x}", `"100% of $5 {x}"`],
    ["lines", "a\nb\tc\r", String.raw`"a\nb\tc\r"`],
    ["controls and turned text", "\u0000\u001b\u202eab", String.raw`"\u0000\u001b\u202eab"`],
    ["half a character", "a\ud800b", `"a\ufffdb"`],
    ["other scripts", "Schlüssel 鍵 🔑", `"Schlüssel 鍵 🔑"`],
  ])("%s", (_name, text, expected) => expect(quoted(text)).toBe(expected))
})

describe("a file", () => {
  it("is laid out as terraform fmt does it", () => {
    expect(
      hclText([
        "a comment",
        "",
        {
          type: "resource",
          labels: ["aws_kms_key", "main"],
          body: [
            ["provider", expression("aws.one")],
            ["deletion_window_in_days", 30],
            ["multi_region", true],
            ["tags", { "dr:env": "prod", note: "a b" }],
            ["operations", ["Decrypt", "DescribeKey"]],
            { type: "lifecycle", body: [["prevent_destroy", true]] },
          ],
        },
        { type: "empty", body: [] },
      ]),
    ).toBe(`# a comment

resource "aws_kms_key" "main" {
  provider                = aws.one
  deletion_window_in_days = 30
  multi_region            = true
  tags = {
    "dr:env" = "prod"
    "note"   = "a b"
  }
  operations = ["Decrypt", "DescribeKey"]
  lifecycle {
    prevent_destroy = true
  }
}
empty {}
`)
  })
  it("breaks a list that is too long for a line", () => {
    const long = ["a", "b"].map((letter) => letter.repeat(80))
    expect(hclText([["x", long]])).toBe(`x = [\n  "${long[0]}",\n  "${long[1]}",\n]\n`)
  })
  it("ends a text of many lines with a word that is not in it", () => {
    expect(hclText([["x", heredoc('{"a": "${b}"}\n EOT')]])).toBe(`x = <<-EOT_\n  {"a": "$\${b}"}\n   EOT\nEOT_\n`)
  })
})
