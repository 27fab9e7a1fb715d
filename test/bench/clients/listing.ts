import { openDataPlane } from "../../../src/aws/wire/open-data-plane.ts"
import { AwsSession } from "../../../src/aws/sessions.ts"
import type { AccountId, BucketName, RegionName } from "../../../src/kernel/brands.ts"
import { pagesOf } from "../../../src/restore/listing/list-page.ts"
import { listSharded } from "../../../src/restore/listing/sharded-lister.ts"
import type { Place } from "../../../src/restore/objects.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"

/** Lists `src/data/` by ranges and checks that each key came once. Arguments: endpoint, keys, listers. */
const [endpoint = "", keys = "0", listers = "32"] = process.argv.slice(2)
const region = "eu-west-1" as RegionName
const owner = "111111111111" as AccountId
const place: Place = { bucket: "src" as BucketName, prefix: "data/", owner, region }
const session = new AwsSession(
  { account: owner, principal: "bench" },
  async () => ({ accessKeyId: "ASIA111111111111BENCH", secretAccessKey: "bench" }),
  () => {},
)
const plane = openDataPlane({ clock: systemClock, session, region, endpoint, maxInFlight: Number(listers) })
const deps = { clock: systemClock, random: Math.random, signal: new AbortController().signal }
const listing = listSharded(deps, { list: pagesOf(plane, place, "objects"), prefix: "data/", listers: Number(listers) })
const seen = new Uint8Array(Number(keys))
let twice = 0
for (let page = await listing.next(); page !== undefined; page = await listing.next())
  for (const { key } of page.objects) {
    const index = Number(key.slice(-8))
    if (seen[index] !== 0) twice += 1
    seen[index] = 1
  }
await plane.close()
const found = seen.reduce((sum, one) => sum + one, 0)
process.stdout.write(
  `${JSON.stringify({ found, twice, ...listing.counts(), rssMb: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`,
)
if (found !== Number(keys) || twice > 0) process.exitCode = 1
