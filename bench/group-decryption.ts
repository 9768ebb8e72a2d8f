import { median, roundHundredths } from './distribution.ts';
import { type GroupDecryptionFigures, measureGroupDecryption } from './signal.ts';

/** One round of the faster side is over in a quarter of a second, which anything else on the machine can halve. */
const ROUNDS = 5;

/** Medians of several rounds. */
export interface RepeatedDecryptionFigures extends GroupDecryptionFigures {
  readonly rounds: number;
}

export async function measureGroupDecryptions(
  signal: AbortSignal,
): Promise<RepeatedDecryptionFigures> {
  const rounds: GroupDecryptionFigures[] = [];
  while (rounds.length < ROUNDS) {
    signal.throwIfAborted();
    rounds.push(await measureGroupDecryption());
  }
  const of = (name: keyof GroupDecryptionFigures) =>
    roundHundredths(median(rounds.map((round) => round[name])));
  return {
    rounds: ROUNDS,
    messages: of('messages'),
    ownPerSecond: of('ownPerSecond'),
    stockPerSecond: of('stockPerSecond'),
    ratio: of('ratio'),
  };
}
