import type { AskApp } from '../../app/ask.ts';
import type { AskOutcome } from '../../ask/ask-turn.ts';
import type { AskTarget } from '../../core/ask/target.ts';
import type { GroupMap } from '../../core/registration.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { AnswerWriter } from './answer-writer.ts';
import { describeDenied } from './describe-denied.ts';
import { openForCommand } from './open-app.ts';
import { describeWaiting, pendingRequests } from './pending-requests.ts';
import { planTurn } from './plan-turn.ts';
import { describeProgress, say } from './progress.ts';

export interface AskedQuestion {
  readonly text: string;
  readonly target: AskTarget;
  readonly groups: GroupMap;
  readonly isStreaming: boolean;
}

/** Asks one question: the assistant's text goes to stdout, everything else to stderr. */
export async function ask(context: CliContext, question: AskedQuestion): Promise<ExitCode> {
  const config = context.loadConfig();
  const paths = installationPaths(context);
  // A running host owns the schema; one of another version is told apart here.
  if (isHostRunning(paths.lock)) readDatabase(paths.database, () => true);
  await using app = await openForCommand(context, config, question.groups);
  const { group } = question.target;
  const before = await pendingRequests(paths.ipc(group.folder));
  const writer = new AnswerWriter({ write: context.stdout, isTty: context.isTty });
  const outcome = await runTurn(context, app, question, writer);
  const after = await pendingRequests(paths.ipc(group.folder));
  const waiting = [...after].filter((name) => !before.has(name)).length;
  if (waiting > 0) say(context, describeWaiting(waiting, group, question.groups));
  const denied = describeDenied(app.takeDenials(), group, question.groups);
  if (denied !== undefined) say(context, denied);
  return conclude(context, outcome, writer);
}

async function runTurn(
  context: CliContext,
  app: AskApp,
  { target, text, isStreaming }: AskedQuestion,
  writer: AnswerWriter,
): Promise<AskOutcome> {
  const turn = app.createTurn(await planTurn(context, app, target));
  return turn(
    { group: target.group, text, isStreaming },
    {
      onEvent(event) {
        if (event.type === 'delta') writer.push(event.text);
        const line = describeProgress(event);
        if (line !== undefined) context.stderr(line);
      },
      hasShown: () => writer.hasWritten,
    },
    context.signal,
  );
}

function conclude(context: CliContext, outcome: AskOutcome, writer: AnswerWriter): ExitCode {
  switch (outcome.status) {
    case 'answered':
      writer.finish(outcome);
      if (writer.hasWritten) return EXIT.ok;
      throw new CliError(EXIT.failed, 'The assistant ended without an answer.');
    case 'interrupted':
      writer.end();
      throw new CliError(EXIT.interrupted, 'Stopped before the answer was complete.');
    case 'not_ready':
    case 'failed':
      writer.end();
      say(context, outcome.detail);
      throw new CliError(
        outcome.status === 'not_ready' ? EXIT.notReady : EXIT.failed,
        outcome.notice,
      );
    default:
      return outcome satisfies never;
  }
}
