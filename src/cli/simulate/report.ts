import { isAsking, type MessageDecision } from '../../core/decision.ts';
import type { SimulationEvent } from '../../simulate/simulate.ts';

type MessageEvent = Extract<SimulationEvent, { type: 'message' }>;
type BadEvent = Extract<SimulationEvent, { type: 'bad' }>;
type RunEvent = Extract<SimulationEvent, { type: 'run' }>;

/** Bad lines, and examples of each decision, that are shown. */
const SHOWN = { bad: 5, examples: 3 } as const;
/** Runs in the JSON; a file can have any number of them. */
const MAX_LISTED = 10_000;

export interface DecisionCount {
  readonly decision: MessageDecision;
  count: number;
  /** Lines of the first few. */
  readonly lines: number[];
}

export interface SimulatedRun {
  readonly number: number;
  readonly at: number;
  readonly promptChars: number;
  readonly historyChars: number;
  readonly isRefused: boolean;
  readonly asked: readonly MessageEvent[];
}

/** Adds up what a simulation tells. It holds counts and examples, and questions until they are answered. */
export class SimulationReport {
  readonly decisions = new Map<MessageDecision, DecisionCount>();
  readonly passed = { system: 0, deleted: 0, own: 0 };
  readonly bad: { count: number; readonly first: BadEvent[] } = { count: 0, first: [] };
  readonly listed: SimulatedRun[] = [];
  messages = 0;
  runs = 0;
  promptChars = 0;
  /** Questions of runs that the budget did not allow. */
  refused = 0;
  firstAt: number | undefined;
  lastAt: number | undefined;
  readonly #asked = new Map<number, MessageEvent>();

  get answered(): number {
    const counts = [...this.decisions.values()];
    const asked = counts.filter(({ decision }) => isAsking(decision));
    return asked.reduce((sum, { count }) => sum + count, 0) - this.refused;
  }

  /** Whether the message waits for a run. */
  addMessage(event: MessageEvent): boolean {
    this.messages += 1;
    this.firstAt ??= event.at;
    this.lastAt = event.at;
    const { decision, line } = event;
    const known = this.decisions.get(decision) ?? { decision, count: 0, lines: [] };
    known.count += 1;
    if (known.lines.length < SHOWN.examples) known.lines.push(line);
    this.decisions.set(decision, known);
    if (!isAsking(decision)) return false;
    // A copy, because a text that was cut out of a piece of the file keeps the whole piece in memory.
    this.#asked.set(line, structuredClone(event));
    return true;
  }

  addRun({ at, lines, prompt, history, isRefused }: RunEvent): SimulatedRun {
    if (isRefused) this.refused += lines.length;
    else this.promptChars += prompt.length;
    this.runs += isRefused ? 0 : 1;
    const asked = lines.flatMap((line) => this.#asked.get(line) ?? []);
    for (const line of lines) this.#asked.delete(line);
    const run = {
      number: this.runs,
      at,
      promptChars: prompt.length,
      historyChars: history.length,
      isRefused,
      asked,
    };
    if (this.listed.length < MAX_LISTED) this.listed.push(run);
    return run;
  }

  addBad(event: BadEvent): void {
    this.bad.count += 1;
    if (this.bad.first.length < SHOWN.bad) this.bad.first.push(event);
  }
}
