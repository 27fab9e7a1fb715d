const SWITCHES = ["--json", "-q", "--quiet", "--no-input"]
const WITH_VALUE = ["--config", "--state-dir", "--events", "--profile", "--region"]

/** `dr --json --config x.yaml drill list` means `dr drill list --json --config x.yaml`; oclif wants the command first. */
export function hoistGlobalFlags(argv: readonly string[]): string[] {
  let at = 0
  while (at < argv.length) {
    const word = argv[at] ?? ""
    if (SWITCHES.includes(word) || WITH_VALUE.some((flag) => word.startsWith(`${flag}=`))) at += 1
    else if (WITH_VALUE.includes(word)) at += 2
    else break
  }
  if (at >= argv.length) return [...argv]
  const [leading, rest] = [argv.slice(0, at), argv.slice(at)]
  const end = rest.indexOf("--")
  return end === -1 ? [...rest, ...leading] : [...rest.slice(0, end), ...leading, ...rest.slice(end)]
}
