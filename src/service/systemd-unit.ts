import { commandLine, type ServicePlan } from './service-plan.ts';
import { DOCKER_PATIENCE_S, FINAL_EXIT_CODES, STOP_TIMEOUT_S } from './service-timing.ts';

/** RestartSteps and RestartMaxDelaySec came with systemd 254; older ones complain about them at every reload. */
const GROWING_DELAY_SINCE = 254;

/**
 * A unit of the user's manager (systemd.unit(5), systemd.service(5), systemd.exec(5)). Of the sandbox only what needs
 * no namespace: those need rights that a user's manager often lacks, and Docker's socket and the groups' extra folders
 * may be anywhere. `systemdVersion` is the number alone, e.g. 252.
 */
export function systemdUnit(plan: ServicePlan, systemdVersion: number): string {
  return `# Written by \`deckhand service install\`, which replaces it.
[Unit]
Description=Deckhand in ${specifierSafe(plan.home)}
# Never give up: the delay between restarts is limit enough.
StartLimitIntervalSec=0

[Service]
Type=exec
WorkingDirectory=${specifierSafe(plan.projectRoot)}
${homeLine(plan.home)}
Environment=${quote(`PATH=${plan.searchPath}`)}
# A user's manager cannot order this after the system's Docker.
ExecStartPre=${command(plan, 'service', 'wait')}
TimeoutStartSec=${DOCKER_PATIENCE_S + 60}
ExecStart=${command(plan, 'start', ...plan.startArguments)}
Restart=on-failure
${restartDelay(systemdVersion)}
RestartPreventExitStatus=${FINAL_EXIT_CODES.join(' ')}
SuccessExitStatus=130
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec=${STOP_TIMEOUT_S}
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=default.target
`;
}

/** Whether a unit belongs to the installation in `home`. */
export function isUnitOf(unit: string, home: string): boolean {
  return unit.split('\n').includes(homeLine(home));
}

function homeLine(home: string): string {
  return `Environment=${quote(`DECKHAND_HOME=${home}`)}`;
}

function restartDelay(systemdVersion: number): string {
  if (systemdVersion < GROWING_DELAY_SINCE) return 'RestartSec=10';
  return 'RestartSec=2\nRestartSteps=8\nRestartMaxDelaySec=300';
}

/** `$` is doubled in arguments, but the program itself is taken as it stands. */
function command(plan: ServicePlan, ...words: readonly string[]): string {
  const [program = '', ...args] = commandLine(plan, ...words);
  return [quote(program), ...args.map((arg) => quote(arg.replaceAll('$', '$$$$')))].join(' ');
}

function quote(text: string): string {
  const escaped = specifierSafe(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${escaped}"`;
}

function specifierSafe(text: string): string {
  return text.replaceAll('%', '%%');
}
