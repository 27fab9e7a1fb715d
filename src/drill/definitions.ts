import { parse } from "yaml"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { DrillDefinition } from "./schema.ts"

/** Where definitions come from: the package's own drills/ first, then the drills/ beside dr.yaml. */
export interface DefinitionFile {
  readonly path: string
  readonly text: string
}

const MAX_BYTES = 64 * 1024

/**
 * Reads and checks definitions. A user's drill may not take the name of a built-in one: a record that says `loki-sample`
 * must mean the same everywhere.
 * @throws DrError E_DRILL_DEFINITION (78) that names file and field
 */
export function readDefinitions(files: readonly DefinitionFile[]): ReadonlyMap<string, DrillDefinition> {
  const definitions = new Map<string, DrillDefinition>()
  for (const file of files) {
    const definition = readDefinition(file)
    if (definitions.has(definition.name))
      throw broken(file.path, `the name ${definition.name} is taken by another definition`)
    definitions.set(definition.name, definition)
  }
  return definitions
}

function readDefinition(file: DefinitionFile): DrillDefinition {
  if (file.text.length > MAX_BYTES) throw broken(file.path, `more than ${MAX_BYTES} bytes`)
  let value: unknown
  try {
    value = parse(file.text, { schema: "core", maxAliasCount: 0, uniqueKeys: true })
  } catch (cause) {
    throw broken(file.path, cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "not YAML")
  }
  const read = DrillDefinition.safeParse(value)
  if (read.success) return read.data
  throw broken(
    file.path,
    read.error.issues.map((issue) => `${issue.path.join(".") || "(top)"}: ${issue.message}`).join("; "),
  )
}

function broken(path: string, why: string): DrError {
  return new DrError({
    code: "E_DRILL_DEFINITION",
    exit: EXIT.config,
    message: `${path}: ${display(why)}`,
    hints: ["dr drill list", "compare it with schemas/drill.schema.json"],
  })
}

/** @throws DrError E_DRILL_UNKNOWN (64) that lists what there is */
export function findDefinitions(
  all: ReadonlyMap<string, DrillDefinition>,
  names: readonly string[],
): DrillDefinition[] {
  return names.map((name) => {
    const found = all.get(name)
    if (found !== undefined) return found
    throw new DrError({
      code: "E_DRILL_UNKNOWN",
      exit: EXIT.usage,
      message: `there is no drill ${JSON.stringify(display(name))}; known are ${[...all.keys()].join(", ")}`,
      hints: ["dr drill list"],
    })
  })
}
