import { drillArguments } from "./drill-arguments.ts"
import { header, zoneNote } from "./header.ts"
import { onCalendar } from "./on-calendar.ts"
import type { DrillSlotPlan, ScheduleFile, ScheduleRequest } from "./request.ts"

/** A timer and a service per drill, and one unit that says loudly that a drill failed. For /etc/systemd/system. */
export function renderSystemd(request: ScheduleRequest): ScheduleFile[] {
  const byDrill = new Map<string, DrillSlotPlan[]>()
  for (const plan of request.drills) byDrill.set(plan.drill, [...(byDrill.get(plan.drill) ?? []), plan])
  const units = [...byDrill].flatMap(([drill, plans]) => [service(request, drill), timer(request, drill, plans)])
  return [...units, failed(request)]
}

/** Names hold no dot, so the dot keeps `a-b`/`c` and `a`/`b-c` apart. */
function unitName(env: string, drill: string): string {
  return `dr-drill-${env}.${drill}`
}

function service(request: ScheduleRequest, drill: string): ScheduleFile {
  const { env, binary, user, config } = request
  const args = drillArguments({ drill, env, config: config.path, stateDir: `/var/lib/dr/${env}` })
  const content = `${header(request, [`evidence and journals: /var/lib/dr/${env} (give it to dr rto check with --state-dir)`])}
[Unit]
Description=dr drill ${drill} in ${env}
Documentation=man:dr(1)
Wants=network-online.target
After=network-online.target
OnFailure=dr-drill-failed@%N.service

[Service]
Type=oneshot
User=${user}
EnvironmentFile=-/etc/dr/${env}.env
ExecStart=${[binary, ...args].map(quoteUnit).join(" ")}
TimeoutStartSec=5h
# SIGINT lets the drill clean up and write its journal
KillSignal=SIGINT
KillMode=mixed
TimeoutStopSec=90s
StateDirectory=dr/${env}
StateDirectoryMode=0700
UMask=0077
# no MemoryDenyWriteExecute: V8 compiles at run time
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=${/^\/(home|root)\//.test(`${config.path} ${binary}`) || / \/(home|root)\//.test(`${config.path} ${binary}`) ? "read-only" : "yes"}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
`
  return { path: `${unitName(env, drill)}.service`, mode: 0o644, content }
}

function timer(request: ScheduleRequest, drill: string, plans: readonly DrillSlotPlan[]): ScheduleFile {
  const calendars = plans.map((plan) => `OnCalendar=${onCalendar(plan.cron, plan.timezone)}`)
  const content = `${header(request, [zoneNote(plans.map((plan) => plan.timezone))])}
[Unit]
Description=schedule of dr drill ${drill} in ${request.env}

[Timer]
${calendars.join("\n")}
RandomizedDelaySec=15min
FixedRandomDelay=yes
# a run that was due while the machine was off is made up for once
Persistent=yes

[Install]
WantedBy=timers.target
`
  return { path: `${unitName(request.env, drill)}.timer`, mode: 0o644, content }
}

function failed(request: ScheduleRequest): ScheduleFile {
  const content = `${header(request, ["called with the name of the unit that failed; put your own alarm in ExecStart with a drop-in"])}
[Unit]
Description=report that %i failed

[Service]
Type=oneshot
ExecStart=/usr/bin/logger --priority daemon.err --tag dr "%i failed: journalctl -u %i"
`
  return { path: "dr-drill-failed@.service", mode: 0o644, content }
}

/** One word of ExecStart: systemd expands `%` and `$`, and reads C escapes inside quotes. */
function quoteUnit(word: string): string {
  const escaped = word.replaceAll("%", "%%").replaceAll("$", "$$$$")
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`
}
