import type { HostLine } from '@deckhand/protocol';
import type { AgentMount } from '../core/mounts.ts';
import type { EventFeed } from './event-feed.ts';

/** What a group's agent process gets, whatever runs it. */
export interface AgentSpec {
  readonly folder: string;
  readonly mounts: readonly AgentMount[];
  /** The group's folder must not be writable, so a runtime that cannot enforce that refuses. */
  readonly isWorkspaceReadOnly: boolean;
  readonly memoryMb: number;
  /** CPUs, fractions allowed. */
  readonly cpus: number;
  readonly outlet: AgentOutlet;
}

/** How an agent reaches the outside: through the host's door in this folder and not otherwise, or by a network. */
export type AgentOutlet =
  | { readonly kind: 'gateway'; readonly doorFolder: string }
  | { readonly kind: 'network' };

export interface AgentStart {
  readonly spec: AgentSpec;
  /** From `AgentRuntime.fingerprint`, kept with the process so that a later host can compare. */
  readonly fingerprint: string;
  /** First run of the process. */
  readonly runId: string;
  readonly feed: EventFeed;
}

/** How an agent process ended. */
export interface AgentExit {
  /** Absent when nobody could tell, see `isLost`. */
  readonly exitCode: number | undefined;
  readonly isOutOfMemory: boolean;
  /** The engine stopped answering, so that the process's end is assumed. */
  readonly isLost: boolean;
}

/** One live agent process: many runs, one at a time. */
export interface AgentProcess {
  /** Container id, or `process:<pid>`. */
  readonly id: string;
  /** Writes one line to its stdin; lost without notice when the process is gone (see `exited`). */
  send(line: HostLine): void;
  /** Resolves once, after the last event has reached the feed and nothing is left behind. Never rejects. */
  readonly exited: Promise<AgentExit>;
  /** Asks, waits the grace period, kills, cleans up. Resolves when it is gone; never rejects. */
  stop(reason: string): Promise<void>;
  /** Lets go without ending the run where the runtime can, else stops it. Never rejects. */
  detach(): Promise<void>;
}

/** A process of this installation that an earlier host started. */
export interface FoundAgent {
  readonly id: string;
  readonly fingerprint: string;
}

/** Starts agent processes: in containers, or without isolation for demos and tests. */
export interface AgentRuntime {
  /** Why this spec cannot be served; undefined when it can. */
  refuse(spec: AgentSpec): string | undefined;
  /** Equal for two specs exactly when a running process of the one may serve the other. */
  fingerprint(spec: AgentSpec): Promise<string>;
  /** Rejects when it cannot be started; nothing is left behind then. */
  start(start: AgentStart, signal: AbortSignal): Promise<AgentProcess>;
  /** Newest first. */
  find(folder: string, signal: AbortSignal): Promise<readonly FoundAgent[]>;
  /** Feeds all events again from the first one. Rejects when it is gone. */
  adopt(found: FoundAgent, feed: EventFeed, signal: AbortSignal): Promise<AgentProcess>;
}
