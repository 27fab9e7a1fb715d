type Asked = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>

/**
 * A part of a port whose code, and the SDK client behind it, is imported at the first call of one of its methods: a drill
 * that never reads an inventory does not pay for IAM and Organizations at its start.
 */
export function loadedLater<Part extends object>(
  methods: Readonly<Record<keyof Part & string, true>>,
  load: () => Promise<Part>,
): Part {
  let loaded: Promise<Part> | undefined
  const later =
    (method: string) =>
    async (...args: never[]) => {
      loaded ??= load()
      return ((await loaded) as Asked)[method]?.(...args)
    }
  return Object.fromEntries(Object.keys(methods).map((method) => [method, later(method)])) as Part
}
