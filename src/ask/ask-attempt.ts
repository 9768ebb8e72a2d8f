import type { RunEvent, RunRequest } from '@deckhand/protocol';
import type { Now } from '../clock.ts';
import type { UsableCredential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { DescribeModel } from '../core/models/traits.ts';
import { buildRequest, type RequestSettings } from '../engine/build-request.ts';
import type { AgentRunner, RunOutcome } from '../ports.ts';
import { encodeQuestion } from './prompt.ts';

/** Longest answer in characters: a terminal takes what a chat does not, but a run must not fill the memory. */
const MAX_ANSWER_CHARS = 1_000_000;

export interface AskAttemptDeps {
  readonly runner: Pick<AgentRunner, 'run'>;
  readonly settings: RequestSettings;
  readonly describeModel: DescribeModel;
  readonly readGlobalMemory: () => Promise<string>;
  readonly now: Now;
}

interface AskAttempt {
  readonly attemptId: string;
  readonly group: RegisteredGroup;
  readonly route: ModelRoute;
  readonly credential: UsableCredential;
  readonly text: string;
  readonly isStreaming: boolean;
}

/** Asks the agent once, in a conversation of its own: no session is resumed, and none is kept. */
export async function runAskAttempt(
  deps: AskAttemptDeps,
  attempt: AskAttempt,
  handlers: { onEvent(event: RunEvent): void },
  signal: AbortSignal,
): Promise<RunOutcome> {
  const onEvent = (event: RunEvent) => handlers.onEvent(event);
  const request = await buildAskRequest(deps, attempt);
  return deps.runner.run(request, attempt.group, { onContainer: () => undefined, onEvent }, signal);
}

async function buildAskRequest(deps: AskAttemptDeps, attempt: AskAttempt): Promise<RunRequest> {
  const { text, group, route, isStreaming } = attempt;
  const timeZone = group.timeZone ?? deps.settings.timeZone;
  const request = buildRequest(deps.settings, {
    ...attempt,
    traits: deps.describeModel(route.ref),
    prompt: { history: '', prompt: encodeQuestion({ text, askedAt: deps.now(), timeZone }) },
    globalMemory: await deps.readGlobalMemory(),
    sessionId: undefined,
  });
  return {
    ...request,
    maxOutputChars: MAX_ANSWER_CHARS,
    ...(isStreaming && { isStreaming }),
  };
}
