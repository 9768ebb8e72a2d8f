import type { ProviderOutcome } from './outcome.ts';
import { runPreCheck, type ScriptSurroundings } from './pre-check.ts';
import { fence, joinBlocks } from './prelude/fence.ts';
import type { Provider, RunContext } from './provider.ts';

/** Asks a task's pre-check script before the provider, and gives the model what the script has found. */
export function withPreCheck(provider: Provider, script: ScriptSurroundings): Provider {
  return {
    defaultModel: provider.defaultModel,
    run: (context) => runChecked(provider, script, context),
    keptProcesses: () => provider.keptProcesses(),
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}

async function runChecked(
  provider: Provider,
  surroundings: ScriptSurroundings,
  context: RunContext,
): Promise<ProviderOutcome> {
  const { request, signal } = context;
  const script = request.task?.script;
  if (script === undefined) return provider.run(context);
  const env = { ...surroundings.env, TZ: request.timeZone };
  const check = await runPreCheck(script, { ...surroundings, env }, signal);
  signal.throwIfAborted();
  switch (check.status) {
    case 'skip':
      return { type: 'result', text: '', isNotWoken: true };
    case 'failed':
      return { type: 'failed', class: 'script', detail: check.detail };
    case 'wake':
      return provider.run({ ...context, request: withData(request, check.data) });
    default:
      return check satisfies never;
  }
}

function withData(request: RunContext['request'], data: unknown): RunContext['request'] {
  if (data === undefined) return request;
  const block = fence('script_data', JSON.stringify(data));
  return { ...request, prompt: joinBlocks(request.prompt, block) };
}
