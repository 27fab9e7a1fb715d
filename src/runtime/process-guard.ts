import { EXIT } from "../kernel/exit-codes.ts"

/** Before the first client: endpoints come from dr.yaml only, TLS is not switched off, the SDK keeps its advice to itself. */
export function guardProcess(): void {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true"
  process.env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true"
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_ENDPOINT_URL")) delete process.env[name]
  if (process.env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    process.stderr.write("✕ NODE_TLS_REJECT_UNAUTHORIZED=0 switches certificate checks off; dr does not run that way\n  next: unset NODE_TLS_REJECT_UNAUTHORIZED\n")
    process.exit(EXIT.usage)
  }
  // A reader that went away (`dr … | head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failed))
}

/** `dr --json drill list` means `dr drill list --json`. */
export function hoistGlobalFlags(argv: readonly string[]): string[] {
  const leading: string[] = []
  const rest = [...argv]
  while (rest[0] === "--json" || rest[0] === "-q" || rest[0] === "--quiet" || rest[0] === "--no-input") leading.push(rest.shift() as string)
  return rest.length === 0 ? [...argv] : [...rest, ...leading]
}
