import type { Activity } from '../../src/engine/activity.ts';

/** Tells the person, or a program with `--json`, what happens. */
export type Say = (event: { type: string } & Record<string, unknown>, line: string) => void;

export function createSay(isJson: boolean, write: (line: string) => void): Say {
  return (event, line) => write(isJson ? JSON.stringify(event) : line);
}

/** One dim line for what the host does; undefined for what only programs want to know. */
export function describeActivity(activity: Activity): string | undefined {
  switch (activity.type) {
    case 'received':
      return activity.trigger === null
        ? 'kept as context for the next question'
        : `received (${activity.trigger})`;
    case 'queued':
      return `queued, ${activity.ahead} ahead`;
    case 'run_started':
      return `run started with ${activity.provider} (${activity.model})${activity.attempt > 1 ? `, attempt ${activity.attempt}` : ''}`;
    case 'container':
      return `agent ${activity.containerId.slice(0, 20)}`;
    case 'progress':
      return `${activity.kind}: ${activity.detail.split('\n', 1)[0]}`;
    case 'failed':
      return `failed: ${activity.reason}`;
    case 'rejected':
      return `refused by the server: ${activity.reason}`;
    case 'container_asked':
    case 'result':
    case 'answered':
    case 'sending':
    case 'sent':
    case 'tasks_changed':
      return undefined;
    default:
      return activity satisfies never;
  }
}
