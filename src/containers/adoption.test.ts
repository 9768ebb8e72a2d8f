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

test('a container that vanishes during adoption does not keep the run from being found in another', async () => {
  const deps = {
    runtime: { ...runtime, refuse: noRuntime, fingerprint: noRuntime, start: noRuntime },
    logger,
    waitMs: 60_000,
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
  const handlers = { onContainer: () => undefined, onEvent: () => undefined };
  const signal = new AbortController().signal;
  const adopted = await adoptRun(deps, 'team', handlers, signal);
  expect(adopted?.agent.process.id).toBe('holder');
  adopted?.session.detach();
});

function noRuntime(): never {
  throw new Error('not part of an adoption');
}
