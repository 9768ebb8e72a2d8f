import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { encodeLine } from '@deckhand/protocol';
import type {
  AgentExit,
  AgentProcess,
  AgentRuntime,
  FoundAgent,
} from '../../src/containers/agent-runtime.ts';
import type { EventFeed } from '../../src/containers/event-feed.ts';
import type { EngineSays, HostAsks } from './agent-lines.ts';

/** Agents kept by the {@link AgentEngine} behind a Unix socket: they outlive the host, which adopts them. */
export function createEngineRuntime(socketPath: string): AgentRuntime {
  return {
    refuse: () => undefined,
    fingerprint: () => Promise.resolve('same'),
    start: ({ spec, fingerprint, feed }) =>
      openAgent(socketPath, { op: 'start', folder: spec.folder, fingerprint }, feed),
    async find(folder): Promise<readonly FoundAgent[]> {
      const answer = await ask(socketPath, { op: 'find', folder });
      return answer.op === 'found' ? answer.agents : [];
    },
    adopt: ({ id }, feed) => openAgent(socketPath, { op: 'adopt', id }, feed),
  };
}

/** Ends every agent of another folder, as a host does that starts. */
export async function keepAgents(socketPath: string, folders: ReadonlySet<string>): Promise<void> {
  await ask(socketPath, { op: 'keep', folders: [...folders] });
}

async function ask(socketPath: string, asks: HostAsks): Promise<EngineSays> {
  const socket = connect(socketPath);
  write(socket, asks);
  const [line] = await once(createInterface({ input: socket }), 'line');
  socket.destroy();
  return JSON.parse(line) as EngineSays;
}

/** Rejects when there is no such agent. */
async function openAgent(
  socketPath: string,
  asks: HostAsks,
  feed: EventFeed,
): Promise<AgentProcess> {
  const socket = connect(socketPath);
  const opened = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<AgentExit>();
  const end = () => {
    opened.reject(new Error('no such agent'));
    feed.end();
    gone.resolve({ exitCode: 0, isOutOfMemory: false, isLost: false });
    socket.destroy();
  };
  socket.on('error', end).on('close', end);
  createInterface({ input: socket }).on('line', (line) => {
    const said = JSON.parse(line) as EngineSays;
    if (said.op === 'agent') opened.resolve(said.id);
    else if (said.op === 'event') feed.pushStdout(Buffer.from(encodeLine(said.event)));
    else end();
  });
  write(socket, asks);
  const id = await opened.promise;
  return {
    id,
    send: (line) => write(socket, { op: 'line', line }),
    exited: gone.promise,
    async stop() {
      if (socket.writable) write(socket, { op: 'stop' });
      await gone.promise;
    },
    detach: async () => void socket.destroy(),
  };
}

function write(socket: Socket, asks: HostAsks): void {
  socket.write(`${JSON.stringify(asks)}\n`);
}
