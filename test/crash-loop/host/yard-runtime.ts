import { createHash } from 'node:crypto';
import type { HostLine } from '@deckhand/protocol';
import type {
  AgentExit,
  AgentProcess,
  AgentRuntime,
  FoundAgent,
} from '../../../src/containers/agent-runtime.ts';
import type { EventFeed } from '../../../src/containers/event-feed.ts';
import type { AgentMount } from '../../../src/core/mounts.ts';
import type { YardConnection } from './yard-connection.ts';

/** Agents in the yard, which go on when the host dies. */
export function createYardRuntime(yard: YardConnection): AgentRuntime {
  return {
    refuse: () => undefined,
    fingerprint: async (spec) =>
      createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16),
    async start({ spec, fingerprint, feed }) {
      const groupPath = sourceOf(spec.mounts, '/workspace/group');
      const ipcPath = sourceOf(spec.mounts, '/workspace/ipc');
      const { folder } = spec;
      const started = await yard.ask({ op: 'start', folder, fingerprint, groupPath, ipcPath });
      return openAgent(yard, started, feed);
    },
    find: (folder) => yard.ask({ op: 'find', folder }),
    adopt: async ({ id }, feed) => openAgent(yard, await yard.ask({ op: 'adopt', id }), feed),
  };
}

function sourceOf(mounts: readonly AgentMount[], target: string): string {
  const mount = mounts.find((one) => one.target === target);
  if (mount === undefined) throw new Error(`nothing is mounted at ${target}`);
  return mount.source;
}

function openAgent(
  yard: YardConnection,
  [found]: readonly FoundAgent[],
  feed: EventFeed,
): AgentProcess {
  if (found === undefined) throw new Error('the yard named no agent');
  return new RemoteAgent(yard, found.id, feed);
}

class RemoteAgent implements AgentProcess {
  readonly id: string;
  readonly exited: Promise<AgentExit>;
  readonly #yard: YardConnection;

  constructor(yard: YardConnection, id: string, feed: EventFeed) {
    this.id = id;
    this.#yard = yard;
    const ended = Promise.withResolvers<AgentExit>();
    this.exited = ended.promise;
    yard.read(id, {
      onOutput: (text) => feed.pushStdout(Buffer.from(text)),
      onExit(exitCode) {
        feed.end();
        ended.resolve({ exitCode, isOutOfMemory: false, isLost: false });
      },
    });
  }

  send(line: HostLine): void {
    this.#yard.send(this.id, line);
  }

  async stop(): Promise<void> {
    await this.#yard.ask({ op: 'stop', id: this.id });
    await this.exited;
  }

  /** The yard notices that nobody reads any more when the host ends. */
  detach(): Promise<void> {
    return Promise.resolve();
  }
}
