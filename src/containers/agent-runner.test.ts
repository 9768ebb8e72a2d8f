import { encodeLine, PROTOCOL_VERSION, type RunRequest } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { registeredGroupSchema } from '../core/group.ts';
import { createLogger } from '../logger.ts';
import type { AgentDisk } from './agent-disk.ts';
import { type AgentRunnerDeps, createAgentRunner } from './agent-runner.ts';
import type { AgentExit, AgentProcess, AgentRuntime } from './agent-runtime.ts';
import type { EventFeed } from './event-feed.ts';

const REQUEST: RunRequest = {
  type: 'run',
  v: PROTOCOL_VERSION,
  runId: 'run-1',
  provider: 'claude',
  assistantName: 'Assistant',
  group: { jid: '1@g.us', name: 'Team', folder: 'team', isMain: false },
  globalMemory: '',
  history: '',
  prompt: 'hello',
  timeZone: 'UTC',
  timeoutMs: 60_000,
  maxOutputChars: 1_000,
  secrets: {},
};
const handlers = { onContainer: () => undefined, onEvent: () => undefined };
const { signal } = new AbortController();

/** A process that an earlier host left, which does what it is told and ends when it is stopped. */
function makeFound(onAdopted: (feed: EventFeed) => void) {
  const exit = Promise.withResolvers<AgentExit>();
  const stops: string[] = [];
  const process: AgentProcess = {
    id: 'found',
    exited: exit.promise,
    send: () => undefined,
    async stop(reason) {
      stops.push(reason);
      exit.resolve({ exitCode: 0, isOutOfMemory: false, isLost: false });
    },
    detach: async () => undefined,
  };
  const runtime: AgentRuntime = {
    refuse: () => undefined,
    fingerprint: unused,
    start: unused,
    find: async () => [{ id: 'found', fingerprint: '' }],
    async adopt(_found, feed) {
      onAdopted(feed);
      return process;
    },
  };
  return { runtime, stops };
}

function makeRunner(deps: Pick<AgentRunnerDeps, 'runtime'> & Partial<AgentRunnerDeps>) {
  return createAgentRunner({
    planAgent: unused,
    logger: createLogger('silent'),
    maxConcurrentContainers: 1,
    idleTimeoutMs: 1_000,
    containerTimeoutMs: 60_000,
    adoptWaitMs: 60_000,
    ...deps,
  });
}

function makeDisk(parts: Partial<AgentDisk>): AgentDisk {
  return { refuse: unused, watchRun: unused, watchIdle: unused, ...parts };
}

test('a run that is looked for when the host stops is left to the next host, not taken for gone', async () => {
  const looking = Promise.withResolvers<void>();
  const { runtime } = makeFound(() => looking.resolve());
  const runner = makeRunner({ runtime });
  const adopting = runner.adopt('run-1', 'team', handlers, signal);
  await looking.promise;
  await runner[Symbol.asyncDispose]();
  expect(await adopting).toEqual({ status: 'detached' });
});

test('T16: a run that is adopted is watched as any other of its group', async () => {
  const started = { type: 'started', runId: 'run-1', seq: 0, provider: 'claude' } as const;
  const { runtime, stops } = makeFound((feed) => feed.pushStdout(Buffer.from(encodeLine(started))));
  const watched: string[] = [];
  const disk = makeDisk({
    watchRun(folder, stop) {
      watched.push(folder);
      setImmediate(() => stop('it takes too much'));
      return { [Symbol.dispose]: () => void watched.push('disposed') };
    },
  });
  await using runner = makeRunner({ runtime, disk });
  const outcome = await runner.adopt('run-1', 'team', handlers, signal);
  expect(outcome).toMatchObject({ class: 'disk', detail: 'it takes too much' });
  expect(stops).toEqual(['disk']);
  expect(watched).toEqual(['team', 'disposed']);
});

test('T16: a group that has outgrown its quota by too much gets no process', async () => {
  const { runtime } = makeFound(unused);
  const disk = makeDisk({ refuse: async (folder) => `${folder} takes too much` });
  const spec = { folder: 'team', mounts: [], isWorkspaceReadOnly: false, memoryMb: 1, cpus: 1 };
  const planAgent = async () =>
    ({ ok: true, spec: { ...spec, outlet: { kind: 'network' } } }) as const;
  await using runner = makeRunner({ runtime, planAgent, disk });
  const group = registeredGroupSchema.parse({ jid: '1@g.us', name: 'Team', folder: 'team' });
  const outcome = await runner.run(REQUEST, group, handlers, signal);
  expect(outcome).toMatchObject({ class: 'disk', detail: 'team takes too much' });
});

function unused(): never {
  throw new Error('not part of this');
}
