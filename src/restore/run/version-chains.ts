import type { ListedObject, VersionMode } from "../objects.ts"
import type { PageSource, WorkPage } from "../ports.ts"

/** All versions of a key lie in one page, oldest first: remembers them while an object of theirs is on its way. */
export class VersionChains {
  readonly #chains = new WeakMap<ListedObject, readonly ListedObject[]>()

  readonly of = (object: ListedObject): readonly ListedObject[] => this.#chains.get(object) ?? [object]

  watching(source: PageSource): PageSource {
    return {
      next: async () => {
        const page = await source.next()
        if (page !== undefined) this.#remember(page)
        return page
      },
    }
  }

  #remember({ objects }: WorkPage): void {
    let chain: ListedObject[] = []
    for (const object of objects) {
      if (chain[0]?.key !== object.key) chain = []
      chain.push(object)
      this.#chains.set(object, chain)
    }
  }
}

/** Only then does a key have more than one object in a manifest whose order matters. */
export const keepsHistory = (operation: "rekey" | "copy", mode: VersionMode): boolean =>
  operation === "copy" && mode.kind === "all"
