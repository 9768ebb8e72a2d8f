import type { FuzzWorker } from './fuzz-worker.ts';
import { makeInput } from './make-input.ts';
import { shrink } from './shrink.ts';
import type { TargetName } from './target-names.ts';
import { createTargets } from './targets/table.ts';

/** Candidates of a shrinking: of an input that breaks something at once, and of one whose every trial takes long. */
const TRIES = 2_000;
const SLOW_TRIES = 4;

/** An input that breaks something. */
export interface Finding {
  readonly target: TargetName;
  /** What it breaks, in one line. */
  readonly problem: string;
  /** Of the seed; absent when the input was given. */
  readonly seed?: number;
  readonly index?: number;
  /** The smallest that was found to break the same. */
  readonly input: Buffer;
}

/** Finds the smallest input that breaks a target in the same way. */
export class Investigation {
  readonly #worker: FuzzWorker;
  readonly #target: TargetName;

  constructor(worker: FuzzWorker, target: TargetName) {
    this.#worker = worker;
    this.#target = target;
  }

  async look(found: { seed: number; index: number; problem: string }): Promise<Finding> {
    const { seed, index, problem } = found;
    const target = createTargets().find(({ name }) => name === this.#target);
    if (target === undefined) throw new Error(`no target ${this.#target}`);
    const input = await this.smallest(makeInput(target, seed, index), problem);
    return { target: this.#target, problem, seed, index, input };
  }

  /** What an input breaks; undefined when nothing. */
  async judge(input: Buffer): Promise<string | undefined> {
    const report = await this.#worker.give({ type: 'input', target: this.#target, input });
    return report.type === 'broken' ? report.problem : undefined;
  }

  async smallest(input: Buffer, problem: string): Promise<Buffer> {
    const isSame = async (candidate: Buffer) => (await this.judge(candidate)) === problem;
    const isQuick = /^\w+: /.test(problem);
    return shrink(input, isSame, isQuick ? TRIES : SLOW_TRIES);
  }
}
