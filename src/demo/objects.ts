import { createHash } from "node:crypto"
import { seededFraction } from "../kernel/random.ts"
import type { DemoDataset } from "./world.ts"

export interface DemoObject {
  readonly key: string
  readonly body: Buffer
  readonly contentType: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly tags?: Readonly<Record<string, string>>
}

const CANARIES = 3
const TENANTS = ["acme", "globex", "initech"]

/** Objects with the names and sizes that the four systems write, the same for the same dataset every time. */
export function* demoObjects(dataset: DemoDataset): Iterable<DemoObject> {
  for (let index = 0; index < CANARIES; index++) yield canary(dataset, index)
  for (let index = 0; index < dataset.objects; index++) yield SHAPES[dataset.kind](index)
}

/** A canary is named for the SHA-256 of its bytes, so what it must be is recorded before any drill. */
function canary(dataset: DemoDataset, index: number): DemoObject {
  const body = bytes(`canary ${dataset.kind} ${index}`, 512 + 256 * index)
  return {
    key: `canary/${createHash("sha256").update(body).digest("hex")}.bin`,
    body,
    contentType: "application/octet-stream",
  }
}

const SHAPES: Readonly<Record<DemoDataset["kind"], (index: number) => DemoObject>> = {
  loki(index) {
    const tenant = pick(TENANTS, index)
    if (index % 25 === 0)
      return plain(
        `index/index_${20_700 + index / 25}/${tenant}/compactor-${1_764_000_000 + index}.tsdb.gz`,
        `loki-index-${index}`,
        6_000,
        "application/gzip",
      )
    const fingerprint = hex(`fp ${index}`, 16)
    return plain(
      `${tenant}/${fingerprint}/${hex(`from ${index}`, 11)}:${hex(`through ${index}`, 11)}:${hex(`sum ${index}`, 8)}`,
      `loki-${index}`,
      1_500,
    )
  },
  mimir(index) {
    const tenant = pick(TENANTS, index)
    const block = `01${hex(`block ${Math.floor(index / 4)}`, 24).toUpperCase()}`
    const file = pick(["meta.json", "index", "chunks/000001", "no-compact-mark.json"], index)
    const small = file.endsWith(".json")
    return plain(
      `${tenant}/${block}/${file}`,
      `mimir-${index}`,
      small ? 400 : 9_000,
      small ? "application/json" : undefined,
    )
  },
  tempo(index) {
    const tenant = pick(["single-tenant", "acme"], index)
    const block = uuid(`trace ${Math.floor(index / 4)}`)
    const file = pick(["meta.json", "data.parquet", "bloom-0", "index"], index)
    return plain(`${tenant}/${block}/${file}`, `tempo-${index}`, file === "data.parquet" ? 24_000 : 800)
  },
  tfstate(index) {
    const state = {
      version: 4,
      terraform_version: "1.9.8",
      serial: index,
      lineage: uuid(`lineage ${index}`),
      resources: Array.from({ length: 12 }, (_, n) => ({ mode: "managed", type: "aws_s3_bucket", name: `b${n}` })),
    }
    return {
      key: `envs/${pick(["dev", "prod"], index)}/stack-${String(index).padStart(3, "0")}/terraform.tfstate`,
      body: Buffer.from(JSON.stringify(state, null, 2)),
      contentType: "application/json",
      metadata: { "managed-by": "terraform" },
      tags: { team: "platform", stack: `stack-${index}` },
    }
  },
}

function plain(key: string, label: string, size: number, contentType = "application/octet-stream"): DemoObject {
  return { key, body: bytes(label, Math.floor(size * (0.5 + seededFraction("size", label)))), contentType }
}

function bytes(label: string, size: number): Buffer {
  const body = Buffer.alloc(size)
  for (let at = 0, block = 0; at < size; at += 32, block++)
    createHash("sha256").update(`${label}/${block}`).digest().copy(body, at)
  return body
}

const hex = (label: string, length: number): string => createHash("sha256").update(label).digest("hex").slice(0, length)
const uuid = (label: string): string => hex(label, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
const pick = <T>(choices: readonly T[], index: number): T => choices[index % choices.length] as T
