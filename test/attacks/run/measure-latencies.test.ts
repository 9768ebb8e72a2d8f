import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { AttackSite } from './attack-row.ts';
import { measureLatencies } from './measure-latencies.ts';
import { type AttackPlan, runRow } from './run-row.ts';

const PLAN = { rounds: 3, questions: 4, maxRatio: 2 };
const endless = new AbortController().signal;

/** A site whose answers take 10 ms, and `attackedMs` while it is attacked. */
class PlayedSite implements AttackSite {
  isAttacked = false;
  /** In order: whether the site was attacked when a quiet group asked. */
  readonly asked: boolean[] = [];
  readonly #attackedMs: number;

  constructor(attackedMs: number) {
    this.#attackedMs = attackedMs;
  }

  async ask(): Promise<number> {
    await nextTurn();
    this.asked.push(this.isAttacked);
    return this.isAttacked ? this.#attackedMs : 10;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

async function press(site: PlayedSite, signal: AbortSignal): Promise<void> {
  site.isAttacked = true;
  while (!signal.aborted) await nextTurn();
  site.isAttacked = false;
}

test('quiet and attack alternate, and each is told apart from the other', async () => {
  const site = new PlayedSite(15);
  const latencies = await measureLatencies({ press }, site, PLAN, endless);
  const quiet = { quietQuestions: 24, quietP95Ms: 10, quietP99Ms: 10 };
  const attacked = { attackQuestions: 12, attackP95Ms: 15, attackP99Ms: 15 };
  expect(latencies).toEqual({ ...quiet, ...attacked, ratio: 1.5 });
  const round = [false, false, false, false, true, true, true, true, false, false, false, false];
  expect(site.asked).toEqual([...round, ...round, ...round]);
});

test('an attack that is over before the questions are measures nothing', async () => {
  const measuring = measureLatencies(
    { press: () => nextTurn() },
    new PlayedSite(15),
    PLAN,
    endless,
  );
  await expect(measuring).rejects.toThrow('the attack ended early');
});

test.each([
  { attackedMs: 20, tried: 3, stopped: 3, isWithstood: true },
  { attackedMs: 21, tried: 3, stopped: 3, isWithstood: false },
  { attackedMs: 10, tried: 3, stopped: 2, isWithstood: false },
  { attackedMs: 10, tried: 0, stopped: 0, isWithstood: false },
])('$stopped of $tried stopped at $attackedMs ms instead of 10: $isWithstood', async (row) => {
  const { attackedMs, tried, stopped, isWithstood } = row;
  const prove = () => Promise.resolve({ tried, stopped, evidence: 'seen' });
  const played = { id: 'T0', attack: 'played', prove, press };
  const site = new PlayedSite(attackedMs);
  expect(await runRow(played, site, PLAN, endless)).toMatchObject({ id: 'T0', isWithstood });
});

test('without a bound the ratio is shown and not judged', async () => {
  const prove = () => Promise.resolve({ tried: 1, stopped: 1, evidence: 'seen' });
  const { maxRatio: _, ...unjudged } = PLAN;
  const run = (plan: AttackPlan) =>
    runRow({ id: 'T0', attack: 'played', prove, press }, new PlayedSite(90), plan, endless);
  expect(await run(unjudged)).toMatchObject({ ratio: 9, isRatioJudged: false, isWithstood: true });
  expect(await run(PLAN)).toMatchObject({ ratio: 9, isRatioJudged: true, isWithstood: false });
});
