import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { createAgentRunner } from './agent-runner.ts';
import type { AgentProcess, AgentRuntime } from './agent-runtime.ts';

test('a run that is looked for when the host stops is left to the next host, not taken for gone', async () => {
  const looking = Promise.withResolvers<void>();
  const process: AgentProcess = {
    id: 'silent',
    exited: new Promise(() => undefined),
    send: () => undefined,
    stop: async () => undefined,
    detach: async () => undefined,
  };
  const runtime: AgentRuntime = {
    refuse: unused,
    fingerprint: unused,
    start: unused,
    find: async () => [{ id: 'silent', fingerprint: '' }],
    async adopt() {
      looking.resolve();
      return process;
    },
  };
  const runner = createAgentRunner({
    runtime,
    planAgent: unused,
    logger: createLogger('silent'),
    maxConcurrentContainers: 1,
    idleTimeoutMs: 1_000,
    containerTimeoutMs: 60_000,
    adoptWaitMs: 60_000,
  });
  const handlers = { onContainer: () => undefined, onEvent: () => undefined };
  const adopting = runner.adopt('run-1', 'team', handlers, new AbortController().signal);
  await looking.promise;
  await runner[Symbol.asyncDispose]();
  expect(await adopting).toEqual({ status: 'detached' });
});

function unused(): never {
  throw new Error('not part of an adoption');
}
