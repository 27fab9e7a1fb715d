import { checkTags } from "./object-attributes.ts"
import type { Tags } from "./state.ts"
import { childText, malformedXml, type XmlElement } from "./xml.ts"

/** The tags below a `TagSet` or `Tags` element, whatever each is called (`Tag`, `member`). */
export function readTagSet(set: XmlElement, limit: number): Tags {
  const tags = set.children.map((tag) => {
    const name = childText(tag, "Key")
    const value = childText(tag, "Value")
    if (name === undefined || value === undefined) throw malformedXml()
    return [name, value] as const
  })
  return checkTags(tags, limit)
}
