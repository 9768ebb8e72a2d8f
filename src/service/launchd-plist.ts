import { commandLine, type ServicePlan } from './service-plan.ts';
import { STOP_TIMEOUT_S } from './service-timing.ts';

/** Seconds between two starts; launchd has no growing delay, and 10 is its own minimum by default. */
const THROTTLE_S = 10;

/**
 * A launch agent (launchd.plist(5)). launchd restarts by success or failure alone, so `service run` stands between:
 * it waits for Docker, starts the host and ends well when a restart would be of no use.
 */
export function launchdPlist(plan: ServicePlan, logFile: string): string {
  const words = commandLine(plan, 'service', 'run', ...plan.startArguments);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by deckhand service install, which replaces it. -->
<plist version="1.0">
<dict>
  <key>Label</key>
  ${text(plan.name)}
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    ${text(word)}`).join('\n')}
  </array>
  <key>WorkingDirectory</key>
  ${text(plan.projectRoot)}
  <key>EnvironmentVariables</key>
  <dict>
${homeEntry(plan.home)}
    <key>PATH</key>
    ${text(plan.searchPath)}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>${THROTTLE_S}</integer>
  <key>ExitTimeOut</key>
  <integer>${STOP_TIMEOUT_S}</integer>
  <key>ProcessType</key>
  <string>Interactive</string>
  <key>StandardOutPath</key>
  ${text(logFile)}
  <key>StandardErrorPath</key>
  ${text(logFile)}
</dict>
</plist>
`;
}

/** Whether an agent belongs to the installation in `home`. */
export function isPlistOf(plist: string, home: string): boolean {
  return plist.includes(homeEntry(home));
}

function homeEntry(home: string): string {
  return `    <key>DECKHAND_HOME</key>\n    ${text(home)}`;
}

function text(value: string): string {
  const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<string>${escaped}</string>`;
}
