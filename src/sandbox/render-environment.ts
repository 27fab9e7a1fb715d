import type { Sandbox } from "./index.ts"

const REGION = "eu-central-1"

type Served = Pick<Sandbox, "endpoint" | "accounts" | "credentialsFor">

/** What to paste into a shell, and who lives here: for people, on stdout. The secrets are plainly none. `profiles`: a file of them. */
export function renderEnvironment(sandbox: Served, profiles?: string): string {
  const first = sandbox.accounts[0]
  const lines = [`export AWS_ENDPOINT_URL=${sandbox.endpoint}`]
  if (first !== undefined) {
    const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(first.id)
    lines.push(`export AWS_ACCESS_KEY_ID=${accessKeyId}`, `export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`)
  }
  if (profiles !== undefined) lines.push(`export AWS_SHARED_CREDENTIALS_FILE=${shellQuoted(profiles)}`)
  lines.push(`export AWS_DEFAULT_REGION=${REGION}`, "unset AWS_SESSION_TOKEN AWS_PROFILE", "")
  const width = Math.max(7, ...sandbox.accounts.map((account) => account.name.length))
  lines.push(`# ${"account".padEnd(12)}  ${"name".padEnd(width)}  access key id         secret access key`)
  for (const { id, name } of sandbox.accounts) {
    const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(id)
    lines.push(`# ${id}  ${name.padEnd(width)}  ${accessKeyId}  ${secretAccessKey}`)
  }
  return lines.join("\n")
}

const shellQuoted = (text: string): string => (/^[\w./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

/** An AWS credentials file: the administrator of each account under the account's name. */
export const profilesFile = ({ accounts, credentialsFor }: Served): string =>
  accounts
    .map(({ id, name }) => {
      const { accessKeyId, secretAccessKey } = credentialsFor(id)
      return `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
    })
    .join("\n")
