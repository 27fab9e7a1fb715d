import { stringify } from "yaml"
import { sha256Hex } from "../kernel/digest.ts"
import { drillArguments } from "./drill-arguments.ts"
import { header, zoneNote } from "./header.ts"
import type { DrillSlotPlan, ScheduleFile, ScheduleRequest } from "./request.ts"

const CONFIG_FILE = "/etc/dr/dr.yaml"
const STATE_DIR = "/var/lib/dr"

/** A ServiceAccount, a claim for the evidence, and a CronJob per scheduled drill, in one manifest. */
export function renderKubernetes(request: ScheduleRequest): ScheduleFile[] {
  const { env, drills } = request
  const notes = [
    zoneNote(drills.map((plan) => plan.timezone)),
    `configuration: kubectl create configmap dr-config-${env} --from-file=dr.yaml=PATH`,
    `identity: bind the service account dr-drill-${env} to the operator role (EKS Pod Identity or IRSA); no keys in secrets`,
    "a run that Forbid skips leaves no trace in Kubernetes: dr drill history shows it as missed",
  ]
  const documents = [serviceAccount(env), evidenceClaim(env), ...drills.map((plan) => cronJob(request, plan))]
  const content = `${header(request, notes)}${documents.map((document) => `---\n${toYaml(document)}`).join("")}`
  return [{ path: `dr-drill-${env}.yaml`, mode: 0o644, content }]
}

/** Every string quoted: no name, zone or path can become a boolean, a number, an anchor or a second document. */
function toYaml(document: object): string {
  return stringify(document, {
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })
}

function labels(env: string): Record<string, string> {
  return { "app.kubernetes.io/name": "dr", "app.kubernetes.io/component": "drill", "dr/environment": env }
}

function serviceAccount(env: string): object {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: `dr-drill-${env}`, labels: labels(env) },
    automountServiceAccountToken: false,
  }
}

function evidenceClaim(env: string): object {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: `dr-state-${env}`, labels: labels(env) },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  }
}

function cronJob(request: ScheduleRequest, plan: DrillSlotPlan): object {
  const { env } = request
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: {
      name: jobName(env, plan),
      labels: labels(env),
      annotations: { "dr/config-sha256": request.config.sha256, "dr/drill": plan.drill },
    },
    spec: {
      schedule: plan.cron.trim(),
      timeZone: plan.timezone,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: Math.max(1, Math.floor(plan.grace / 1000)),
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 5,
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          activeDeadlineSeconds: 18_000,
          template: { metadata: { labels: labels(env) }, spec: podSpec(request, plan) },
        },
      },
    },
  }
}

function podSpec({ env, image }: ScheduleRequest, { drill }: DrillSlotPlan): object {
  return {
    serviceAccountName: `dr-drill-${env}`,
    automountServiceAccountToken: false,
    restartPolicy: "Never",
    // the drill cleans up and writes its journal on SIGTERM
    terminationGracePeriodSeconds: 90,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      fsGroup: 10_001,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "dr",
        image,
        args: drillArguments({ drill, env, config: CONFIG_FILE, stateDir: STATE_DIR }),
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "1Gi" } },
        volumeMounts: [
          { name: "config", mountPath: "/etc/dr", readOnly: true },
          { name: "state", mountPath: STATE_DIR },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "config", configMap: { name: `dr-config-${env}` } },
      { name: "state", persistentVolumeClaim: { claimName: `dr-state-${env}` } },
      { name: "tmp", emptyDir: {} },
    ],
  }
}

/** At most 52 characters, as a CronJob's name must be; the digest keeps names apart that were cut or joined alike. */
function jobName(env: string, { drill, cron, timezone }: DrillSlotPlan): string {
  const digest = sha256Hex(JSON.stringify([env, drill, cron, timezone])).slice(0, 8)
  return `${`dr-${env}-${drill}`.slice(0, 43).replace(/-+$/, "")}-${digest}`
}
