import { formatDuration } from '../../core/duration.ts';
import { clockText } from '../../core/schedule/clock-text.ts';
import type { AttemptFacts } from '../../core/story/facts.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';

/** What is left of a line beside the indents here and of the section. */
const DETAIL_WIDTH = LINE_WIDTH - 5;

/** An attempt in some lines: model and outcome, how it began, what it took, why it failed. */
export function describeAttempt(attempt: AttemptFacts, zone: string): string[] {
  const { model, provider, startedAt, endedAt, outcome } = attempt;
  const ended =
    endedAt === null
      ? 'not ended'
      : `${outcome ?? 'ended'} after ${formatDuration(endedAt - startedAt)}`;
  const { time } = clockText(startedAt, zone);
  const failure = [attempt.class, attempt.detail].filter((part) => part).join(': ');
  return [
    `${attempt.attempt}  ${time}  ${model} (${provider})  ${ended}`,
    ...[...beginning(attempt), ...effort(attempt), failure]
      .filter((line) => line !== '')
      .flatMap((line) => wrapText(line, DETAIL_WIDTH))
      .map((line) => `   ${line}`),
  ];
}

function beginning({ containerId, containerAt, firstEventAt, startedAt }: AttemptFacts): string[] {
  const after = (at: number) => formatDuration(at - startedAt);
  const parts = [
    ...(containerAt === null
      ? []
      : [`container ${containerId?.slice(0, 12) ?? ''} after ${after(containerAt)}`]),
    ...(firstEventAt === null ? [] : [`first sign after ${after(firstEventAt)}`]),
  ];
  return [parts.join(', ')];
}

function effort({ tools, inputTokens, outputTokens }: AttemptFacts): string[] {
  const parts = [
    ...(tools === 0 ? [] : [`${tools} ${tools === 1 ? 'tool' : 'tools'}`]),
    ...(inputTokens === null ? [] : [`${inputTokens} tokens in, ${outputTokens ?? 0} out`]),
  ];
  return [parts.join(', ')];
}
