import { encodeLine, type RunEvent } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { adoptRun } from './adoption.ts';
import type { AgentExit, AgentProcess, AgentRuntime } from './agent-runtime.ts';
import { RunSession } from './run-session.ts';

const logger = createLogger('silent');
const started: RunEvent = { type: 'started', runId: 'r1', seq: 0, provider: 'claude' };

function liveAgent(id: string): AgentProcess {
  const exited = Promise.withResolvers<AgentExit>();
  const stop = async () => {
    exited.resolve({ exitCode: 0, isOutOfMemory: false, isLost: false });
  };
  return { id, exited: exited.promise, send: () => undefined, stop, detach: stop };
}

/** `gone` vanished after it was found; `holder` shows the run. */
const runtime: Pick<AgentRuntime, 'find' | 'adopt'> = {
  find: async () => ['gone', 'holder'].map((id) => ({ id, fingerprint: '' })),
  async adopt({ id }, feed) {
    if (id === 'gone') throw new Error('no such container');
    feed.pushStdout(Buffer.from(encodeLine(started)));
    return liveAgent(id);
  },
};

const handlers = { onContainer: () => undefined, onEvent: () => undefined };
const { signal } = new AbortController();

function adopting(found: Pick<AgentRuntime, 'find' | 'adopt'>, waitMs: number) {
  return {
    runtime: { ...found, refuse: noRuntime, fingerprint: noRuntime, start: noRuntime },
    logger,
    waitMs,
    openSession: (
      ...[agent, handlers]: Parameters<Parameters<typeof adoptRun>[0]['openSession']>
    ) =>
      new RunSession({
        ...agent,
        runId: 'r1',
        deadlineMs: 60_000,
        graceMs: 1000,
        maxOutputChars: 1000,
        handlers,
        logger,
      }),
  };
}

test('a container that vanishes during adoption does not keep the run from being found in another', async () => {
  const adopted = await adoptRun(adopting(runtime, 60_000), 'team', handlers, signal);
  expect(adopted?.agent.process.id).toBe('holder');
  adopted?.session.detach();
});

test('a run is found behind a long output of earlier ones, however slowly that is read', async () => {
  const earlier = [0, 1, 2, 3].map((seq) => encodeLine({ ...started, runId: 'r0', seq }));
  const lines = [...earlier, encodeLine(started)];
  const slow: Pick<AgentRuntime, 'find' | 'adopt'> = {
    find: async () => [{ id: 'slow', fingerprint: '' }],
    async adopt({ id }, feed) {
      const read = setInterval(() => {
        const line = lines.shift();
        if (line === undefined) return clearInterval(read);
        feed.pushStdout(Buffer.from(line));
      }, 60);
      return liveAgent(id);
    },
  };
  const adopted = await adoptRun(adopting(slow, 200), 'team', handlers, signal);
  expect(adopted?.agent.process.id).toBe('slow');
  adopted?.session.detach();
});

test('a run of which events are missing may have had side effects', async () => {
  const cut: Pick<AgentRuntime, 'find' | 'adopt'> = {
    find: async () => [{ id: 'cut', fingerprint: '' }],
    async adopt({ id }, feed) {
      feed.pushStdout(Buffer.from(encodeLine({ ...started, seq: 7 })));
      return liveAgent(id);
    },
  };
  const adopted = await adoptRun(adopting(cut, 60_000), 'team', handlers, signal);
  await adopted?.agent.process.stop('for the test');
  const end = await adopted?.session.done;
  expect(end?.outcome).toMatchObject({ status: 'failed', hasSideEffects: true });
});

test('a process that has not shown the run when the host stops is left to the next host', async () => {
  const stopping = new AbortController();
  const asked: string[] = [];
  const silent: Pick<AgentRuntime, 'find' | 'adopt'> = {
    find: async () => ['silent', 'other'].map((id) => ({ id, fingerprint: '' })),
    async adopt({ id }) {
      asked.push(id);
      setImmediate(() => stopping.abort());
      const stop = async (reason: string) => void asked.push(reason);
      const detach = async () => void asked.push('detached');
      return { ...liveAgent(id), stop, detach };
    },
  };
  const adopted = await adoptRun(adopting(silent, 60_000), 'team', handlers, stopping.signal);
  expect(adopted).toBeUndefined();
  expect(asked).toEqual(['silent', 'detached']);
});

function noRuntime(): never {
  throw new Error('not part of an adoption');
}
