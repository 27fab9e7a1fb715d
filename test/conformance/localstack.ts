import { CASES, type Target } from "./cases.ts"

/** What LocalStack 4.14.0 cannot do, as measured; the names are those of the conformance cases. */
const LACKS = new Set([
  "kms.promote",
  "kms.replica-lifecycle",
  "kms.rotation-on-replica",
  "kms.list-rotations",
  "kms.cross-account",
  "kms.reencrypt-without-source",
  "kms.dry-run",
  "kms.policy-check",
  "kms.import-check",
  "kms.alias-reserved",
  "kms.last-usage",
  "kms.material-id",
  "s3.copy-source-key-state",
  "s3.update-object-encryption",
  "s3.multipart-copy-kms",
  "s3.object-attributes",
  "s3.list-non-ascii",
  "s3.etag-kms",
  "s3.virtual-host",
  "s3control.jobs",
  "iam.enforce",
  "sts.checks",
  "iam.simulate",
  "orgs",
  "cloudtrail",
  "config",
  "ebs.default-key",
])

const endpoint = process.env["DR_LOCALSTACK_URL"]
const out = (line: string): void => void process.stdout.write(`${line}\n`)

if (endpoint === undefined || endpoint === "") {
  process.stderr.write(
    "DR_LOCALSTACK_URL is not set: nothing was tested\n  next: docker compose -f docker-compose.localstack.yml up -d && DR_LOCALSTACK_URL=http://127.0.0.1:4566 npm run test:localstack\n",
  )
  process.exit(64)
}

const target: Target = {
  name: "LocalStack 4.14.0",
  endpoint,
  credentials: { accessKeyId: "111111111111", secretAccessKey: "any" },
  account: "111111111111",
  regions: ["eu-central-1", "eu-west-1"],
  lacks: LACKS,
}

let passed = 0
let failed = 0
let skipped = 0
for (const each of CASES) {
  const missing = each.needs.filter((need) => target.lacks.has(need))
  if (missing.length > 0) {
    skipped++
    out(`- skipped: ${each.name} (needs ${missing.join(", ")})`)
    continue
  }
  try {
    await each.run(target)
    passed++
    out(`✓ ${each.name}`)
  } catch (error) {
    failed++
    out(`✕ ${each.name}: ${(error as Error).message}`)
  }
}
out(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed === 0 ? 0 : 1
