import type { CrashPoint } from '../../../src/crash-points.ts';
import type { Random } from '../random.ts';
import type { KillPlan } from './kill-plan.ts';

/**
 * What a question tells the agent to do; one question may name several, and of several questions the newest counts:
 * - `fast`, `slow`, `long`: the answer comes at once, late, or in several messages
 * - `tool`: something was done before the answer, so that nobody may try again
 * - `send`, `file`: a message or a file by the mailbox before the answer
 * - `once`, `interval`, `cron`: makes a task; `change`: changes and ends one
 * - `refuse`: ends without an answer, which the chat is told
 * - `retry`: fails the first time in a way after which the model is asked again
 * - `die`, `dietool`: the process ends, before or after it has done something
 */
export const AGENT_WORDS = [
  'fast',
  'slow',
  'long',
  'tool',
  'send',
  'file',
  'once',
  'interval',
  'cron',
  'change',
  'refuse',
  'retry',
  'die',
  'dietool',
] as const;
export type AgentWord = (typeof AGENT_WORDS)[number];

/** Indexes count groups of the world and members of the group; what is beyond wraps around. */
export type Step =
  | {
      readonly type: 'say';
      readonly group: number;
      readonly member: number;
      /** A remark asks for nothing. */
      readonly isTrigger: boolean;
      readonly words: readonly AgentWord[];
      /** Since the step before. */
      readonly waitMs: number;
    }
  /** A phone says that it could not read one of the newest messages of the assistant. */
  | { readonly type: 'ask_resend'; readonly member: number; readonly waitMs: number }
  | { readonly type: 'kill_agent'; readonly choice: number; readonly waitMs: number };

export interface TrafficPlan {
  readonly whileDown: readonly Step[];
  readonly whileUp: readonly Step[];
  /** How far the host's clock is moved on before it starts, so that tasks become due. */
  readonly clockStepMs: number;
}

const MAX_DOWN = 2;
const MAX_UP = 5;
const REMARKS = 0.25;
const BURSTS = 0.3;
const MAX_WAIT_MS = 60;
const MAX_CLOCK_STEP_MS = 45_000;
/** Longer than the shortest interval between two slots. */
const CLOCK_STEP_OF_A_SLOT_MS = 61_000;

/** What happens around one life of the host; where its kill needs something, that is among it. */
export function planTraffic(random: Random, kill: KillPlan): TrafficPlan {
  const isBurst = random.chance(BURSTS);
  const down = Array.from({ length: random.integer(0, MAX_DOWN) }, () => planSay(random, 0));
  const up = Array.from({ length: random.integer(1, MAX_UP) }, () =>
    planSay(random, isBurst ? 0 : random.integer(0, MAX_WAIT_MS)),
  );
  const others: Step[] = [];
  if (random.chance(0.2)) others.push(askResend(random));
  if (random.chance(0.15)) others.push(killAgent(random));
  const downToo: Step[] = random.chance(0.1) ? [killAgent(random)] : [];
  const clockStepMs = random.integer(0, MAX_CLOCK_STEP_MS);
  if (kill.at !== 'point') {
    const steps = random.shuffle<Step>([...up, ...others]);
    return { whileDown: [...down, ...downToo], whileUp: steps, clockStepMs };
  }
  const needed = stepsTowards(random, kill.point);
  return {
    whileDown: [...down, ...downToo],
    whileUp: random.shuffle<Step>([...up, ...others, ...needed]),
    clockStepMs: kill.point.startsWith('slot-') ? CLOCK_STEP_OF_A_SLOT_MS : clockStepMs,
  };
}

type Say = Extract<Step, { type: 'say' }>;

function planSay(random: Random, waitMs: number): Say {
  const isTrigger = !random.chance(REMARKS);
  return {
    type: 'say',
    group: random.integer(0, 1_000),
    member: random.integer(0, 1_000),
    isTrigger,
    words: isTrigger ? drawWords(random) : [],
    waitMs,
  };
}

/** Probabilities of each word, independently. */
const WORDS: readonly (readonly [AgentWord, number])[] = [
  ['slow', 0.3],
  ['tool', 0.15],
  ['send', 0.45],
  ['file', 0.08],
  ['long', 0.05],
  ['once', 0.2],
  ['interval', 0.12],
  ['cron', 0.06],
  ['change', 0.12],
];
/** At most one of these, which end the run in another way. */
const ENDS: readonly (readonly [AgentWord, number])[] = [
  ['refuse', 0.02],
  ['retry', 0.06],
  ['die', 0.03],
  ['dietool', 0.02],
];

function drawWords(random: Random): AgentWord[] {
  const words = WORDS.filter(([, probability]) => random.chance(probability)).map(([word]) => word);
  const end = ENDS.filter(([, probability]) => random.chance(probability)).at(0);
  const drawn = end === undefined ? words : [...words, end[0]];
  return drawn.length === 0 ? ['fast'] : drawn;
}

function askResend(random: Random): Step {
  return { type: 'ask_resend', member: random.integer(0, 1_000), waitMs: 0 };
}

function killAgent(random: Random): Step {
  return {
    type: 'kill_agent',
    choice: random.integer(0, 1_000),
    waitMs: random.integer(0, MAX_WAIT_MS),
  };
}

/** Without these a life may pass without coming to the point. */
function stepsTowards(random: Random, point: CrashPoint): Step[] {
  const ask = (words: AgentWord[]): Step => ({ ...planSay(random, 0), isTrigger: true, words });
  if (point === 'resend-asked') return [askResend(random), askResend(random), askResend(random)];
  if (point.startsWith('attempt-')) return [ask(['retry']), ask(['retry']), ask(['retry'])];
  if (point.startsWith('slot-')) return [ask(['interval']), ask(['once'])];
  if (point.startsWith('request-') || point === 'reply-written') return [ask(['send', 'once'])];
  return [ask(['fast']), ask(['fast']), ask(['slow'])];
}
