import { plainCron } from "./cron-fields.ts"
import {
  header,
  kubernetesName,
  LONGEST_RUN_S,
  namedEntries,
  STATE_DIR,
  type NamedEntry,
  type RenderedFile,
  type ScheduleInput,
} from "./model.ts"

const NOTES = [
  "Needs in the namespace: service account dr-drill (workload identity), ConfigMap dr-config with dr.yaml,",
  "PersistentVolumeClaim dr-state. Forbid skips a run in silence: dr finds the missed run by itself.",
]
/** Below it the controller, which looks every ten seconds, may never start the job. */
const SHORTEST_DEADLINE_S = 10

/** One CronJob per scheduled drill, each in a file of its own. */
export function renderKubernetes(input: ScheduleInput): RenderedFile[] {
  return namedEntries(input).map((entry) => ({ path: `${entry.name}.yaml`, content: cronJob(input, entry) }))
}

/** JSON strings are YAML strings that nothing can leave: no name, zone or path becomes a boolean or a second document. */
const q = (text: string): string => JSON.stringify(text)

function cronJob(input: ScheduleInput, { name, cron, timezone, graceMs, argv }: NamedEntry): string {
  const configFolder = input.config.slice(0, input.config.lastIndexOf("/")) || "/"
  const deadline = Math.max(SHORTEST_DEADLINE_S, Math.floor(graceMs / 1000))
  return `${header("kubernetes", input, NOTES)}apiVersion: batch/v1
kind: CronJob
metadata:
  name: ${kubernetesName(name)}
  labels:
    app.kubernetes.io/name: dr
    app.kubernetes.io/component: drill
spec:
  schedule: ${q(plainCron(cron))}
  timeZone: ${q(timezone)}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: ${deadline}
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: ${LONGEST_RUN_S}
      template:
        metadata:
          labels:
            app.kubernetes.io/name: dr
            app.kubernetes.io/component: drill
        spec:
          restartPolicy: Never
          serviceAccountName: dr-drill
          terminationGracePeriodSeconds: 90
          securityContext:
            runAsNonRoot: true
            runAsUser: 65532
            runAsGroup: 65532
            fsGroup: 65532
            seccompProfile:
              type: RuntimeDefault
          containers:
            - name: dr
              image: ${q(input.image)}
              command: [${argv.map(q).join(", ")}]
              env:
                - name: DR_CONFIG
                  value: ${q(input.config)}
                - name: DR_STATE_DIR
                  value: ${q(STATE_DIR)}
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop: ["ALL"]
              resources:
                requests:
                  cpu: 250m
                  memory: 256Mi
                limits:
                  memory: 1Gi
              volumeMounts:
                - name: config
                  mountPath: ${q(configFolder)}
                  readOnly: true
                - name: state
                  mountPath: ${q(STATE_DIR)}
                - name: tmp
                  mountPath: /tmp
          volumes:
            - name: config
              configMap:
                name: dr-config
            - name: state
              persistentVolumeClaim:
                claimName: dr-state
            - name: tmp
              emptyDir: {}
`
}
