import type { AskApp } from '../../app/ask.ts';
import type { AskOutcome } from '../../ask/ask-turn.ts';
import type { AskConversation } from '../../ask/conversation.ts';
import type { AskTarget } from '../../core/ask/target.ts';
import type { GroupMap } from '../../core/registration.ts';
import { AnswerWriter } from '../ask/answer-writer.ts';
import { describeDenied } from '../ask/describe-denied.ts';
import { describeWaiting, pendingRequests } from '../ask/pending-requests.ts';
import { planTurn } from '../ask/plan-turn.ts';
import { describeProgress, say } from '../ask/progress.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, hasColours, installationPaths } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';

export interface ChatQuestion {
  readonly text: string;
  readonly target: AskTarget;
  readonly conversation: AskConversation;
  readonly groups: GroupMap;
}

interface TurnParts {
  readonly context: CliContext;
  readonly app: AskApp;
  readonly signal: AbortSignal;
}

/** One question and its answer. What goes wrong is told, and the chat goes on; the code says how it ended. */
export async function runChatTurn(parts: TurnParts, question: ChatQuestion): Promise<ExitCode> {
  const context = withDimLines(parts.context);
  const { group } = question.target;
  const mailbox = installationPaths(context).ipc(group.folder);
  const before = await pendingRequests(mailbox);
  const writer = new AnswerWriter({ write: context.stdout, isTty: context.isTty });
  const code = await answer({ ...parts, context }, question, writer);
  const after = await pendingRequests(mailbox);
  const waiting = [...after].filter((name) => !before.has(name)).length;
  if (waiting > 0) say(context, describeWaiting(waiting, group, question.groups));
  const denied = describeDenied(parts.app.takeDenials(), group, question.groups);
  if (denied !== undefined) say(context, denied);
  return code;
}

async function answer(
  parts: TurnParts,
  question: ChatQuestion,
  writer: AnswerWriter,
): Promise<ExitCode> {
  const { context } = parts;
  try {
    return conclude(context, await runTurn(parts, question, writer), writer);
  } catch (error) {
    writer.end();
    if (!(error instanceof CliError)) throw error;
    say(context, error.message);
    return error.exitCode;
  }
}

async function runTurn(
  { context, app, signal }: TurnParts,
  { text, target, conversation }: ChatQuestion,
  writer: AnswerWriter,
): Promise<AskOutcome> {
  const turn = app.createTurn(await planTurn(context, app, target));
  return turn(
    { group: target.group, text, conversation, isStreaming: true },
    {
      onEvent(event) {
        if (event.type === 'delta') writer.push(event.text);
        const line = describeProgress(event);
        if (line !== undefined) context.stderr(line);
      },
      hasShown: () => writer.hasWritten,
    },
    signal,
  );
}

function conclude(context: CliContext, outcome: AskOutcome, writer: AnswerWriter): ExitCode {
  switch (outcome.status) {
    case 'answered':
      writer.finish(outcome);
      if (writer.hasWritten) return EXIT.ok;
      say(context, 'The assistant ended without an answer.');
      return EXIT.failed;
    case 'interrupted':
      writer.end();
      say(context, 'Stopped before the answer was complete; it is not part of the conversation.');
      return EXIT.interrupted;
    case 'not_ready':
    case 'failed':
      writer.end();
      say(context, outcome.detail);
      context.stderr(`${outcome.notice}\n`);
      return outcome.status === 'not_ready' ? EXIT.notReady : EXIT.failed;
    default:
      return outcome satisfies never;
  }
}

/** What is beside the answer stands back from it. */
function withDimLines(context: CliContext): CliContext {
  if (!hasColours(context)) return context;
  const stderr = (text: string) => context.stderr(text.replace(/[^\n]+/g, '\u001b[2m$&\u001b[22m'));
  return Object.assign(Object.create(context), { stderr });
}
