import { createHash } from 'node:crypto';
import type { RunRequest } from '@deckhand/protocol';
import type { Failure, ProviderOutcome } from '../../outcome.ts';
import { Paragraphs } from '../../paragraphs.ts';
import { describeRules } from '../../prelude/prompt.ts';
import type { Provider, ProviderSurroundings, RunContext } from '../../provider.ts';
import { describeInput } from '../../tools/input-schema.ts';
import { readCredential } from './credential.ts';
import type { InputItem } from './items.ts';
import { RESPONSES_LIMITS, type ResponsesLimits } from './limits.ts';
import { ModelClient } from './model-client.ts';
import { type FunctionTool, requestBody } from './request-body.ts';
import type { AgentTool } from './tools/agent-tool.ts';
import { createToolbox } from './tools/toolbox.ts';
import { ResponsesTurn } from './turn.ts';
import { composeUserMessage } from './user-message.ts';

/** The same as the Codex CLI's. */
const DEFAULT_MODEL = 'gpt-6.1-sol';

const fail = (failureClass: Failure['class'], detail: string): Failure => ({
  type: 'failed',
  class: failureClass,
  detail,
});

/** Asks the Responses API itself and runs the tools in the runner's process. `limits` is given by tests. */
export function createResponsesProvider(
  surroundings: ProviderSurroundings,
  limits: ResponsesLimits = RESPONSES_LIMITS,
): Provider {
  const { paths } = surroundings;

  async function run({ request, emitter, signal }: RunContext): Promise<ProviderOutcome> {
    const settings = request.responses;
    if (!settings)
      return fail('internal', 'the request has no settings for the responses provider');
    const read = await readCredential(request, paths.codexHome);
    if (!read.ok) return fail('auth', read.detail);
    const client = new ModelClient({
      settings,
      credential: read.credential,
      codexHome: paths.codexHome,
      limits,
      isStreaming: request.isStreaming ?? false,
      onRetry: (detail) => emitter.progress('retry', detail),
      onRefused: (detail) => emitter.progress('auth', detail),
    });
    const tools = createToolbox(request, surroundings);
    const bodyFor = createBodyMaker(request, describeRules(request, paths), tools);
    const turn = new ResponsesTurn(
      {
        ask: (input, listener) => client.ask(bodyFor(input), listener, signal),
        tools,
        emitter,
        listener: new Paragraphs((text) => emitter.delta(text)),
      },
      await composeUserMessage(request, paths),
    );
    return await turn.run(signal);
  }

  return {
    defaultModel: DEFAULT_MODEL,
    run,
    keptProcesses: () => [],
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Only the input differs between the requests of one turn. */
function createBodyMaker(request: RunRequest, instructions: string, tools: readonly AgentTool[]) {
  const { model = DEFAULT_MODEL, responses, group } = request;
  return (input: readonly InputItem[]) =>
    requestBody({
      model,
      instructions,
      input,
      tools: tools.map(describeFunction),
      reasoningEffort: responses?.reasoningEffort,
      isLite: responses?.isLite ?? false,
      isChatgpt: responses?.auth === 'chatgpt',
      cacheKey: createHash('sha256').update(group.jid).digest('hex').slice(0, 32),
    });
}

function describeFunction({ name, description, shape }: AgentTool): FunctionTool {
  return { type: 'function', name, description, parameters: describeInput(shape), strict: false };
}
