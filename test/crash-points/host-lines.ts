import type { CrashPoint } from '../../src/crash-points.ts';
import type { Activity } from '../../src/engine/activity.ts';

/** What a test asks of the host in its child process. */
export type TestAsks =
  | { readonly ask: 'arm'; readonly point: CrashPoint; readonly pass: number }
  | { readonly ask: 'register'; readonly jid: string; readonly folder: string }
  | { readonly ask: 'claim tasks' }
  | { readonly ask: 'idle' };

/** `done` follows each request, in the order of the asking. */
export type HostSays =
  | { readonly say: 'up' }
  | { readonly say: 'done' }
  | { readonly say: 'activity'; readonly activity: Activity };
