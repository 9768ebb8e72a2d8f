import type { ServiceState } from './manager.ts';

/** Reads what `launchctl print` says of a service: lines such as `state = running` and `last exit code = 0`. */
export function parseLaunchdState(printed: string): ServiceState {
  const value = (name: string) =>
    new RegExp(`^\\s*${name} = (.+)$`, 'm').exec(printed)?.[1]?.trim();
  const pid = Number(value('pid'));
  const runs = Number(value('runs'));
  const restarts = runs > 0 ? { restarts: runs - 1 } : {};
  const code = /^\d+/.exec(value('last exit code') ?? '')?.[0];
  const end = code === undefined ? {} : { exitCode: Number(code) };
  const state = value('state');
  if (state === 'running' && pid > 0) return { status: 'running', pid, ...restarts };
  if (state === 'spawn scheduled' || state === 'waiting') {
    return { status: 'starting', ...end, ...restarts };
  }
  return { status: 'stopped', ...end };
}
