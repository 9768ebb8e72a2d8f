import type { Mutation } from './mutations.ts';
import type { TargetName } from './target-names.ts';

/** What a worker is started with. */
export interface WorkerSettings {
  readonly mutation?: Mutation | undefined;
  /** One 32-bit number: of the input that is under way, counted from the first of its order. */
  readonly progress: SharedArrayBuffer;
}

/** Inputs by their numbers, or one that is given. */
export type Order =
  | {
      readonly type: 'series';
      readonly target: TargetName;
      readonly seed: number;
      readonly first: number;
      readonly count: number;
    }
  | { readonly type: 'input'; readonly target: TargetName; readonly input: Uint8Array };

/** The input that took longest, in milliseconds of processor time. */
export interface Slowest {
  readonly index: number;
  readonly cpuMs: number;
}

export type Report =
  | { readonly type: 'kept'; readonly tried: number; readonly slowest: Slowest }
  /** At `index` of the order's numbers; `problem` is one line. */
  | {
      readonly type: 'broken';
      readonly tried: number;
      readonly index: number;
      readonly problem: string;
    };
