import type { RunEvent, RunRequest } from '@deckhand/protocol';
import { describeError } from './describe-error.ts';
import type { ProviderOutcome } from './outcome.ts';
import type { Provider } from './provider.ts';
import { RunEmitter } from './run-emitter.ts';
import { RunStop } from './run-stop.ts';

/** The longest delay a timer can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;

async function runProvider(
  loadProvider: () => Promise<Provider>,
  request: RunRequest,
  emitter: RunEmitter,
  signal: AbortSignal,
): Promise<ProviderOutcome> {
  try {
    const provider = await loadProvider();
    emitter.started(request.model ?? provider.defaultModel);
    signal.throwIfAborted();
    return await provider.run({ request, emitter, signal });
  } catch (error) {
    return { type: 'failed', class: 'internal', detail: describeError(error) };
  }
}

/** A failure of a run that was stopped is the stop's, whatever the provider made of it. */
function explainOutcome(outcome: ProviderOutcome, signal: AbortSignal): ProviderOutcome {
  const reason: unknown = signal.reason;
  if (outcome.type === 'result' || !(reason instanceof RunStop)) return outcome;
  return { type: 'failed', class: reason.class, detail: reason.message };
}

/** Runs one request and writes its events; exactly one ends it. Never rejects. */
export async function executeRun(
  request: RunRequest,
  loadProvider: () => Promise<Provider>,
  write: (event: RunEvent) => void,
  cancel: AbortSignal,
): Promise<void> {
  const emitter = new RunEmitter(request, write);
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new RunStop('timeout', `no result within ${request.timeoutMs} ms`)),
    Math.min(request.timeoutMs, MAX_TIMER_MS),
  );
  const signal = AbortSignal.any([cancel, deadline.signal]);
  const outcome = await runProvider(loadProvider, request, emitter, signal);
  clearTimeout(timer);
  emitter.finish(explainOutcome(outcome, signal));
}
