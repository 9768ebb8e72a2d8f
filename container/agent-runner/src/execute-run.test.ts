import type { RunEvent } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { exampleRequest } from './example-request.testing.ts';
import { executeRun } from './execute-run.ts';
import type { ProviderOutcome } from './outcome.ts';
import type { Provider, RunContext } from './provider.ts';
import { RunStop } from './run-stop.ts';

const providerThat = (run: (context: RunContext) => Promise<ProviderOutcome>): Provider => ({
  defaultModel: 'model-x',
  run,
  keptProcesses: () => [],
  [Symbol.asyncDispose]: async () => undefined,
});

async function execute(
  load: () => Promise<Provider>,
  { timeoutMs = 60_000, cancel = new AbortController().signal } = {},
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  await executeRun(exampleRequest({ timeoutMs }), load, (event) => events.push(event), cancel);
  return events;
}

const waitForStop = ({ signal }: RunContext) =>
  new Promise<ProviderOutcome>((resolve) => {
    signal.addEventListener('abort', () =>
      resolve({ type: 'failed', class: 'internal', detail: 'killed' }),
    );
  });

test('a provider that cannot be loaded ends the run as internal', async () => {
  const events = await execute(() =>
    Promise.reject(new Error('no CLI', { cause: new Error('x') })),
  );
  expect(events).toEqual([
    expect.objectContaining({ type: 'failed', seq: 0, class: 'internal', detail: 'no CLI: x' }),
  ]);
});

test('a provider that throws ends the run as internal', async () => {
  const events = await execute(async () => providerThat(() => Promise.reject(new Error('bug'))));
  expect(events.map((event) => event.type)).toEqual(['started', 'failed']);
});

test('the deadline makes a failure of the provider a timeout', async () => {
  const events = await execute(async () => providerThat(waitForStop), { timeoutMs: 5 });
  expect(events.at(-1)).toMatchObject({ class: 'timeout', detail: 'no result within 5 ms' });
});

test('a run that was cancelled before it began does not reach the provider', async () => {
  const cancel = AbortSignal.abort(new RunStop('cancelled', 'the host cancelled the run'));
  const unreachable = providerThat(() => expect.fail('the provider ran'));
  const events = await execute(async () => unreachable, { cancel });
  expect(events.at(-1)).toMatchObject({ type: 'failed', class: 'cancelled' });
});

test('an answer that came before the stop took effect stands', async () => {
  const stop = new AbortController();
  const provider = providerThat(async () => {
    stop.abort(new RunStop('cancelled', 'late'));
    return { type: 'result', text: 'done' };
  });
  const events = await execute(async () => provider, { cancel: stop.signal });
  expect(events.at(-1)).toMatchObject({ type: 'result', text: 'done' });
});
