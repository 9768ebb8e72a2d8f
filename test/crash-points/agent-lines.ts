import type { HostLine, RunnerEvent } from '@deckhand/protocol';

/** What a host asks of the {@link AgentEngine}: one JSON line each. `start` and `adopt` make the connection an agent's. */
export type HostAsks =
  | { readonly op: 'start'; readonly folder: string; readonly fingerprint: string }
  | { readonly op: 'adopt'; readonly id: string }
  | { readonly op: 'find'; readonly folder: string }
  | { readonly op: 'keep'; readonly folders: readonly string[] }
  | { readonly op: 'line'; readonly line: HostLine }
  | { readonly op: 'stop' };

/** What it answers. Of an agent all events come, from its first one on; after `gone` nothing. */
export type EngineSays =
  | { readonly op: 'agent'; readonly id: string }
  | { readonly op: 'found'; readonly agents: readonly { id: string; fingerprint: string }[] }
  | { readonly op: 'kept' }
  | { readonly op: 'event'; readonly event: RunnerEvent }
  | { readonly op: 'gone' };
