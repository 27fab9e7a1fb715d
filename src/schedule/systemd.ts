import { onCalendar } from "./cron-fields.ts"
import {
  header,
  LONGEST_RUN_S,
  namedEntries,
  STATE_DIR,
  type NamedEntry,
  type RenderedFile,
  type ScheduleInput,
} from "./model.ts"

/** A timer and a service per drill, and one unit that says loudly that a drill failed. For /etc/systemd/system. */
export function renderSystemd(input: ScheduleInput): RenderedFile[] {
  const units = namedEntries(input).flatMap((entry) => [service(input, entry), timer(input, entry)])
  return [...units, failed()]
}

function service(input: ScheduleInput, { name, drill, argv }: NamedEntry): RenderedFile {
  const content = `${header("systemd", input)}[Unit]
Description=Recovery drill ${drill} of ${input.env}
Wants=network-online.target
After=network-online.target
OnFailure=dr-drill-failed@%N.service

[Service]
Type=oneshot
User=dr
Environment=${quote(`DR_CONFIG=${input.config}`)}
Environment=${quote(`DR_STATE_DIR=${STATE_DIR}`)}
EnvironmentFile=-/etc/dr/${input.env}.env
ExecStart=${argv.map((word) => quote(word.replaceAll("$", "$$$$"))).join(" ")}
TimeoutStartSec=${LONGEST_RUN_S}
KillSignal=SIGINT
KillMode=mixed
TimeoutStopSec=90s
StateDirectory=dr
StateDirectoryMode=0700
UMask=0077
${HARDENING.join("\n")}
`
  return { path: `${name}.service`, content }
}

/** Without MemoryDenyWriteExecute: V8 compiles at run time. */
const HARDENING = [
  "NoNewPrivileges=yes",
  "CapabilityBoundingSet=",
  "AmbientCapabilities=",
  "ProtectSystem=strict",
  "ProtectHome=yes",
  "ProtectKernelTunables=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelLogs=yes",
  "ProtectControlGroups=yes",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "LockPersonality=yes",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallErrorNumber=EPERM",
]

function timer(input: ScheduleInput, { name, drill, cron, timezone }: NamedEntry): RenderedFile {
  const content = `${header("systemd", input)}[Unit]
Description=When to run the recovery drill ${drill} of ${input.env}

[Timer]
OnCalendar=${onCalendar(cron, timezone)}
Persistent=yes
RandomizedDelaySec=15min
FixedRandomDelay=yes

[Install]
WantedBy=timers.target
`
  return { path: `${name}.timer`, content }
}

/** The same for every environment, so that two of them can share a machine: it names no environment. */
function failed(): RenderedFile {
  const content = `# made by: dr drill schedule --for systemd
# Put your own alarm into ExecStart= with a drop-in: systemctl edit dr-drill-failed@
[Unit]
Description=Say that the recovery drill %i failed

[Service]
Type=oneshot
DynamicUser=yes
ExecStart=/usr/bin/logger --tag dr --priority daemon.err "%i failed: journalctl --unit %i"
`
  return { path: "dr-drill-failed@.service", content }
}

/** One word: systemd expands `%` everywhere and reads C escapes inside quotes. */
function quote(word: string): string {
  const escaped = word.replaceAll("%", "%%")
  if (/^[\w@%+=:,./$-]+$/.test(escaped)) return escaped
  return `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`
}
