/** Whether `*` and `?` of a lower-cased pattern cover a lower-cased name. Linear in practice: it goes back to the last star only. */
export function covers(pattern: string, name: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let from = 0
  while (from < name.length) {
    const wanted = pattern[at]
    if (wanted === "*") {
      star = at++
      resume = from
    } else if (wanted === "?" || wanted === name[from]) {
      at++
      from++
    } else if (star >= 0) {
      at = star + 1
      from = ++resume
    } else return false
  }
  while (pattern[at] === "*") at++
  return at === pattern.length
}
