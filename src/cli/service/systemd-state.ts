import type { ServiceState } from './manager.ts';

/** What {@link parseSystemdState} reads (org.freedesktop.systemd1(5)). */
export const STATE_PROPERTIES =
  'LoadState,ActiveState,MainPID,NRestarts,ExecMainStatus,ExecMainCode';

/** CLD_EXITED of waitid(2): the main process ended by itself, and ExecMainStatus is its exit code. */
const EXITED = '1';

/** Reads what `systemctl show` prints, one `Name=value` a line. */
export function parseSystemdState(text: string): ServiceState {
  const values = new Map(text.split('\n').map(splitAtEquals));
  if (values.get('LoadState') !== 'loaded') return { status: 'unknown' };
  const restarts = { restarts: Number(values.get('NRestarts') ?? 0) };
  const end =
    values.get('ExecMainCode') === EXITED ? { exitCode: Number(values.get('ExecMainStatus')) } : {};
  switch (values.get('ActiveState') ?? '') {
    case 'active':
      return { status: 'running', pid: Number(values.get('MainPID')), ...restarts };
    case 'activating':
    case 'reloading':
    case 'deactivating':
      return { status: 'starting', ...end, ...restarts };
    case 'failed':
      return { status: 'failed', ...end };
    default:
      return { status: 'stopped', ...end };
  }
}

function splitAtEquals(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}
