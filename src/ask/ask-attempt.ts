import type { RunEvent, RunRequest } from '@deckhand/protocol';
import type { UsableCredential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { DescribeModel } from '../core/models/traits.ts';
import { buildRequest, type RequestSettings } from '../engine/build-request.ts';
import { type RunAgentDeps, runAgent } from '../engine/run-agent.ts';
import type { RunOutcome } from '../ports.ts';
import type { AskConversation } from './conversation.ts';
import { encodeQuestion } from './prompt.ts';

/** Longest answer in characters: a terminal takes what a chat does not, but a run must not fill the memory. */
const MAX_ANSWER_CHARS = 1_000_000;

export interface AskAttemptDeps extends RunAgentDeps {
  readonly settings: RequestSettings;
  readonly describeModel: DescribeModel;
  readonly readGlobalMemory: () => Promise<string>;
}

interface AskAttempt {
  readonly attemptId: string;
  readonly group: RegisteredGroup;
  readonly route: ModelRoute;
  readonly credential: UsableCredential;
  readonly text: string;
  /** Unix milliseconds. */
  readonly askedAt: number;
  readonly isStreaming: boolean;
  readonly conversation?: AskConversation;
}

/** Asks the agent once: in the conversation, or without one in a session that nobody resumes. */
export async function runAskAttempt(
  deps: AskAttemptDeps,
  attempt: AskAttempt,
  handlers: { onEvent(event: RunEvent): void },
  signal: AbortSignal,
): Promise<RunOutcome> {
  const onEvent = (event: RunEvent) => handlers.onEvent(event);
  const request = await buildAskRequest(deps, attempt);
  const entry = { ...attempt, runId: attempt.attemptId };
  return runAgent(deps, entry, request, { onContainer: () => undefined, onEvent }, signal);
}

async function buildAskRequest(deps: AskAttemptDeps, attempt: AskAttempt): Promise<RunRequest> {
  const { text, askedAt, group, route, isStreaming, conversation } = attempt;
  const timeZone = group.timeZone ?? deps.settings.timeZone;
  const request = buildRequest(deps.settings, {
    ...attempt,
    traits: deps.describeModel(route.ref),
    prompt: {
      history: conversation?.history(timeZone) ?? '',
      prompt: encodeQuestion({ text, askedAt, timeZone }),
    },
    globalMemory: await deps.readGlobalMemory(),
    sessionId: conversation?.sessionOf(route.agent),
  });
  return {
    ...request,
    maxOutputChars: MAX_ANSWER_CHARS,
    ...(isStreaming && { isStreaming }),
  };
}
