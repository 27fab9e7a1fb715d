import { display } from "../kernel/display.ts"
import type { TerraformExport } from "../keys/terraform/export.ts"

export function terraformExportText(
  folder: string,
  files: readonly string[],
  { imports, missing }: Pick<TerraformExport, "imports" | "missing">,
): string {
  const plan = `next: terraform -chdir=${display(folder)} init, then plan: ${imports.length} to import, ${missing.length} to add, 0 to destroy`
  return [
    ...files.map((path) => `wrote ${display(path)}`),
    ...(missing.length === 0
      ? []
      : ["", "not there yet, an apply makes it:", ...missing.map((to) => `  ${display(to)}`)]),
    "",
    plan,
  ].join("\n")
}
