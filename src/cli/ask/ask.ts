import type { AskApp } from '../../app-ask.ts';
import type { AskOutcome } from '../../ask/ask-turn.ts';
import type { Config } from '../../config.ts';
import { type AskTarget, routesOfAgent } from '../../core/ask/target.ts';
import type { GroupMap } from '../../core/registration.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { createLogger } from '../../logger.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { AnswerWriter } from './answer-writer.ts';
import { pendingRequests } from './pending-requests.ts';
import { describeProgress } from './progress.ts';

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
  await using app = await open(context, config, question.groups);
  const { group } = question.target;
  const before = await pendingRequests(paths.ipc(group.folder));
  const writer = new AnswerWriter({ write: context.stdout, isTty: context.isTty });
  const outcome = await runTurn(context, app, question, writer);
  const after = await pendingRequests(paths.ipc(group.folder));
  const waiting = [...after].filter((name) => !before.has(name)).length;
  if (waiting > 0) say(context, describeWaiting(waiting, question));
  return conclude(context, outcome, writer);
}

async function open(context: CliContext, config: Config, groups: GroupMap): Promise<AskApp> {
  const { openAskApp } = await import('../../app-ask.ts');
  // What is worth a line for a person is said in words; the log is for who looks for a fault.
  const level = config.logLevel === 'info' ? 'error' : config.logLevel;
  return openAskApp(config, {
    projectRoot: context.projectRoot,
    groups,
    logger: createLogger(level, { secrets: Object.values(config.secrets) }),
    now: context.now,
    onProgress: (line) => say(context, `building the agent image: ${line}`),
  });
}

async function runTurn(
  context: CliContext,
  app: AskApp,
  { target, text, isStreaming }: AskedQuestion,
  writer: AnswerWriter,
): Promise<AskOutcome> {
  const { createPlanRoutes } = await import('../../app-models.ts');
  const plan = routesOfAgent(createPlanRoutes(app.base)(target.group), target);
  for (const note of [target.note, ...plan.problems, ...plan.notes]) if (note) say(context, note);
  if (plan.routes.length === 0) {
    throw new CliError(EXIT.usage, 'No model is left to ask; name one with --model.');
  }
  const turn = app.createTurn({ ...plan, problems: [] });
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

function describeWaiting(count: number, { target, groups }: AskedQuestion): string {
  const { folder, jid } = target.group;
  const where = `requests of the assistant to the host in the mailbox of ${folder}: ${count}`;
  return groups.has(jid)
    ? `${where}. They wait for the next \`deckhand start\`.`
    : `${where}. No host hears them, because the group is not registered.`;
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

function say(context: CliContext, line: string): void {
  context.stderr(`· ${terminalText(line)}\n`);
}
