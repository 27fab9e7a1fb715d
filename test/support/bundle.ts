import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { build as esbuild, type BuildOptions, type Metafile, type Plugin } from "esbuild"

/** Found at run time in node_modules: oclif's plug-ins by their names, the HCL parser because its WebAssembly lies beside it. */
const EXTERNAL = ["@oclif/plugin-help", "@oclif/plugin-autocomplete", "@cdktn/hcl2json"]

/** What CommonJS inside an ES module reads; only the few files that do pay for it. */
const COMMONJS_NAMES = /\btypeof require\b|\b__dirname\b|\b__filename\b/
const COMMONJS = [
  'import { createRequire as requireFrom } from "node:module"',
  'import { fileURLToPath as pathOf } from "node:url"',
  "const require = requireFrom(import.meta.url)",
  "const __filename = pathOf(import.meta.url)",
  'const __dirname = pathOf(new URL(".", import.meta.url))',
  "",
].join(";")

/** The namespace object `z` drags all of zod along, error texts in fifty languages included; a namespace import does not. */
const zodByName: Plugin = {
  name: "zod-by-name",
  setup(build) {
    build.onLoad({ filter: /\/(src|commands)\/.*\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8").replace('import { z } from "zod"', 'import * as z from "zod"'),
    }))
  },
}

/** main.ts stays one small file, which loads the rest only for what it cannot answer itself. */
const restApart: Plugin = {
  name: "rest-apart",
  setup(build) {
    build.onResolve({ filter: /\/run-cli\.ts$/ }, () => ({ path: "./runtime/run-cli.js", external: true }))
  },
}

const SHARED = {
  outbase: ".",
  outdir: "dist",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  mainFields: ["module", "main"], // the SDK's ES modules can be shaken, its CommonJS cannot
  external: EXTERNAL,
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none", // dist/THIRD-PARTY.txt has them whole
  metafile: true,
  write: false,
  logLevel: "warning",
} as const satisfies BuildOptions

/**
 * Builds dist: one file per entry under the name that tsc would give it, and shared chunks. Names stay readable, so that a
 * stack tells something. @returns which files went into it
 */
export async function bundle(root: string): Promise<Metafile> {
  const main = await esbuild({ ...SHARED, absWorkingDir: root, entryPoints: ["src/main.ts"], plugins: [restApart] })
  const rest = await esbuild({
    ...SHARED,
    absWorkingDir: root,
    entryPoints: entries(root),
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    plugins: [zodByName],
  })
  for (const { path, text } of [...main.outputFiles, ...rest.outputFiles]) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, withCommonJs(text))
  }
  return rest.metafile
}

/** Every file that something outside the bundle loads by its path: Node, oclif, the benches. */
function entries(root: string): string[] {
  const folder = (name: string): string[] =>
    readdirSync(join(root, name), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => `${name}/${file}`)
  return [
    "src/runtime/run-cli.ts",
    "src/runtime/help.ts",
    ...folder("src/runtime/hooks"),
    ...folder("commands"),
    "src/sandbox/index.ts",
    "src/access/evaluate.ts",
  ]
}

function withCommonJs(text: string): string {
  if (!COMMONJS_NAMES.test(text)) return text
  const [shebang = ""] = /^#!.*\n/.exec(text) ?? []
  return `${shebang}${COMMONJS}\n${text.slice(shebang.length)}`
}
