import { styleText } from 'node:util';
import { formatDuration } from '../../core/duration.ts';
import { clockText } from '../../core/schedule/clock-text.ts';
import type { StoryStep } from '../../core/story/story.ts';
import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import type { KnownGroups } from '../known-groups.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';
import type { ToldStory } from './collect.ts';

const MARKS = { done: '✓', no: '–', running: '…', waiting: '…', failed: '✗' } as const;
const COLOURS = {
  done: 'green',
  no: 'yellow',
  running: 'cyan',
  waiting: 'cyan',
  failed: 'red',
} as const;
const TIME_WIDTH = 10;
const DELTA_WIDTH = 13;
const NAME_WIDTH = 11;
const INDENT = TIME_WIDTH + DELTA_WIDTH + 2 + NAME_WIDTH;

/** A story in lines of at most 80 columns: time in the group's zone, time since the step before, step, detail. */
export function renderStory(story: ToldStory, known: KnownGroups, hasColours: boolean): string {
  const zone = known.zoneOf(story.chatJid);
  const lines = [...headLines(story, known, zone)];
  let previous: StoryStep | undefined;
  for (const step of story.steps) {
    lines.push(...dayLine(step, previous, zone), ...stepLines(step, previous, zone, hasColours));
    if (step.at !== undefined) previous = step;
  }
  lines.push('', ...wrapText(terminalText(story.verdict.sentence), LINE_WIDTH));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function headLines(story: ToldStory, known: KnownGroups, zone: string): string[] {
  const what = story.messageId === undefined ? `Run ${story.runId}` : `Message ${story.messageId}`;
  const group = known.find(story.chatJid);
  const where = group === undefined ? story.chatJid : `${group.folder} ("${group.name}")`;
  const text = story.text === undefined ? [] : textLines(story.text);
  return [fitToWidth(terminalText(`${what} in ${where}, times in ${zone}`), LINE_WIDTH), ...text];
}

function textLines(text: string): string[] {
  const safe = text.split('\n').map(terminalText).join('\n');
  return wrapText(safe, LINE_WIDTH - 2).map((line) => `| ${line}`);
}

/** A heading where a day begins. */
function dayLine({ at }: StoryStep, previous: StoryStep | undefined, zone: string): string[] {
  if (at === undefined) return [];
  const { day } = clockText(at, zone);
  const isSame = previous?.at !== undefined && clockText(previous.at, zone).day === day;
  return isSame ? [] : [day];
}

function stepLines(
  step: StoryStep,
  previous: StoryStep | undefined,
  zone: string,
  hasColours: boolean,
): string[] {
  const time = step.at === undefined ? '' : clockText(step.at, zone).time;
  const sign = MARKS[step.status];
  const mark = hasColours ? styleText(COLOURS[step.status], sign, { validateStream: false }) : sign;
  const [first = '', ...rest] = wrapText(terminalText(step.detail ?? ''), LINE_WIDTH - INDENT).map(
    (line) => fitToWidth(line, LINE_WIDTH - INDENT),
  );
  const before = time.padEnd(TIME_WIDTH) + delta(step, previous).padEnd(DELTA_WIDTH);
  return [
    `${before}${mark} ${step.name.padEnd(NAME_WIDTH)}${first}`,
    ...rest.map((line) => ' '.repeat(INDENT) + line),
  ];
}

function delta({ at }: StoryStep, previous: StoryStep | undefined): string {
  if (at === undefined || previous?.at === undefined || at === previous.at) return '';
  const text = formatDuration(at - previous.at);
  return text.startsWith('-') ? text : `+${text}`;
}
