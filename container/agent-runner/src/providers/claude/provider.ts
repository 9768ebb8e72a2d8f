import type { Options } from '@anthropic-ai/claude-agent-sdk';
import type { RunRequest } from '@deckhand/protocol';
import type { Failure, ProviderOutcome } from '../../outcome.ts';
import { describeConversation } from '../../prelude/conversation.ts';
import type { Provider, ProviderSurroundings, RunContext } from '../../provider.ts';
import { TOOL_SERVER } from '../../tools/table.ts';
import { prepareClaudeHome } from './home.ts';
import { composeContent } from './images.ts';
import { claudeOptions, DEFAULT_CLAUDE_MODEL } from './options.ts';
import type { ClaudeSession } from './session.ts';
import { ClaudeTurn } from './turn.ts';

interface WarmSession {
  readonly session: ClaudeSession;
  /** Everything the process was started with; it serves only requests that would start it the same. */
  readonly key: string;
}

const fail = (failureClass: Failure['class'], detail: string): Failure => ({
  type: 'failed',
  class: failureClass,
  detail,
});

/** Runs turns of Claude's Agent SDK and keeps the process of the last session for the next turn. */
class ClaudeProvider implements Provider {
  readonly defaultModel = DEFAULT_CLAUDE_MODEL;
  readonly #surroundings: ProviderSurroundings;
  #warm: WarmSession | undefined;

  constructor(surroundings: ProviderSurroundings) {
    this.#surroundings = surroundings;
  }

  async run(context: RunContext): Promise<ProviderOutcome> {
    const { request, emitter, signal } = context;
    const { ANTHROPIC_API_KEY, CLAUDE_CODE_OAUTH_TOKEN } = request.secrets;
    if (ANTHROPIC_API_KEY === undefined && CLAUDE_CODE_OAUTH_TOKEN === undefined)
      return fail('auth', 'the request carries no credential for Claude');
    const resumed = request.claude?.sessionId;
    const outcome = await this.#runTurn(context, resumed);
    if (outcome.type === 'result' || outcome.class !== 'session' || signal.aborted) return outcome;
    emitter.progress('warning', 'the session does not exist any more; a fresh one is started');
    return await this.#runTurn(context, undefined);
  }

  keptProcesses(): readonly number[] {
    const pid = this.#warm?.session.pid;
    return pid === undefined ? [] : [pid];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const warm = this.#warm;
    this.#warm = undefined;
    await warm?.session[Symbol.asyncDispose]();
  }

  async #runTurn(
    { request, emitter, signal }: RunContext,
    resumed: string | undefined,
  ): Promise<ProviderOutcome> {
    const session = await this.#openSession(request, resumed);
    if ('class' in session) return session;
    const turn = new ClaudeTurn(emitter);
    // A resumed session has the conversation in it already.
    const text = describeConversation(request, resumed === undefined);
    const content = await composeContent(text, this.#surroundings.paths.group, request.images);
    const end = await session.runTurn(
      content,
      (message) => {
        if (message.type === 'system' && message.subtype === 'init')
          emitter.session(message.session_id);
        turn.readMessage(message);
      },
      signal,
    );
    const outcome = turn.finish(end);
    if (!session.isUsable || outcome.type === 'failed') await this[Symbol.asyncDispose]();
    return outcome;
  }

  async #openSession(
    request: RunRequest,
    resumed: string | undefined,
  ): Promise<ClaudeSession | Failure> {
    const options = claudeOptions(request, this.#surroundings);
    const key = JSON.stringify([options, request.group]);
    const { paths } = this.#surroundings;
    const warm = this.#findWarm(key, resumed);
    // Its shells read what lies there now, which the run before may have planted.
    if (warm !== undefined && (await prepareClaudeHome(paths)) === undefined) return warm;
    await this[Symbol.asyncDispose]();
    const wrong = await prepareClaudeHome(paths);
    if (wrong !== undefined) return fail('internal', wrong);
    const session = await startSession(options, request.group, this.#surroundings, resumed);
    this.#warm = { session, key };
    return session;
  }

  #findWarm(key: string, resumed: string | undefined): ClaudeSession | undefined {
    const warm = this.#warm;
    if (warm === undefined || resumed === undefined || warm.key !== key) return undefined;
    return warm.session.isUsable && warm.session.id === resumed ? warm.session : undefined;
  }
}

/** Loads Claude's SDK, which takes longer than everything else of a start, no earlier than it is needed. */
async function startSession(
  options: Options,
  group: RunRequest['group'],
  { paths }: ProviderSurroundings,
  resumed: string | undefined,
): Promise<ClaudeSession> {
  const [{ ClaudeSession }, { createHostTools }] = await Promise.all([
    import('./session.ts'),
    import('./tools.ts'),
  ]);
  return new ClaudeSession({
    ...options,
    mcpServers: { [TOOL_SERVER]: createHostTools({ group, ipcFolder: paths.ipc }) },
    ...(resumed !== undefined && { resume: resumed }),
  });
}

export function createClaudeProvider(surroundings: ProviderSurroundings): Provider {
  return new ClaudeProvider(surroundings);
}
