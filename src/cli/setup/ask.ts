import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { SetupSession } from './session.ts';

export interface Question {
  /** Without the answers that are suggested and without a colon. */
  readonly text: string;
  /** The option that answers it, as a person would type it. */
  readonly flag: string;
}

/**
 * The next line, after `shown` in place of the question when that has been said already. Rejects with the option
 * that answers the question when nobody does.
 */
export async function askLine(
  session: SetupSession,
  question: Question,
  shown = question.text,
): Promise<string> {
  const answer = await session.prompt.ask(`${shown}: `);
  if (answer !== undefined) return answer;
  throw new CliError(
    EXIT.notReady,
    `Nobody answers "${question.text}". Run this in a terminal, or say it with ${question.flag}.`,
  );
}

export interface Choice<T> {
  readonly label: string;
  readonly value: T;
}

/** Asks for one of a few numbered choices; the first is suggested, and taken with --yes or Enter. */
export async function askChoice<T>(
  session: SetupSession,
  question: Question,
  choices: readonly [Choice<T>, ...Choice<T>[]],
): Promise<T> {
  const [suggested] = choices;
  if (session.options.yes) return suggested.value;
  const { reporter } = session;
  reporter.say(question.text);
  for (const [index, { label }] of choices.entries())
    reporter.show(`${index + 1}`.padStart(4).concat(`  ${label}\n`));
  for (;;) {
    const answer = await askLine(session, question, 'Number of your choice [1]');
    const chosen = answer === '' ? suggested : choices[readNumber(answer) - 1];
    if (chosen !== undefined) return chosen.value;
    reporter.say(`Please type a number from 1 to ${choices.length}, or Enter for 1.`);
  }
}

/** Yes is suggested. */
export async function askYes(session: SetupSession, question: Question): Promise<boolean> {
  if (session.options.yes) return true;
  for (;;) {
    const answer = (await askLine(session, question, `${question.text} [Y/n]`)).toLowerCase();
    if (['', 'y', 'yes'].includes(answer)) return true;
    if (['n', 'no'].includes(answer)) return false;
    session.reporter.say('Please type y for yes or n for no.');
  }
}

/** NaN when it is no whole number. */
function readNumber(text: string): number {
  return /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
}
