import { z } from 'zod';
import { DIED_AT } from './history.ts';
import { shrink } from './shrink.ts';
import { Simulator } from './simulator.ts';

/** Violating histories that are shown; one is enough to begin with. */
const MAX_SHOWN = 3;

const failureSchema = z.strictObject({
  seed: z.number(),
  violations: z.array(z.string()),
  /** What is left of the events when all that does not matter is left out. */
  shrunk: z.array(z.string()),
});

export const totalsSchema = z.strictObject({
  histories: z.number(),
  events: z.number(),
  slots: z.number(),
  /** Hosts that died or stopped before the end. */
  deaths: z.number(),
  /** Hosts that died at each point, by its name. */
  diedAt: z.record(z.string(), z.number()),
  violated: z.number(),
  failures: z.array(failureSchema),
  /** Of all histories, in whatever order: 64 hex digits. */
  hash: z.string(),
});
export type Totals = z.infer<typeof totalsSchema>;

export const NOTHING: Totals = {
  histories: 0,
  events: 0,
  slots: 0,
  deaths: 0,
  diedAt: {},
  violated: 0,
  failures: [],
  hash: '0'.repeat(64),
};

/** Plays the histories of these seeds. */
export async function playAll(
  seeds: Iterable<number>,
  mutation: string | undefined,
): Promise<Totals> {
  using simulator = new Simulator(mutation);
  let totals = NOTHING;
  for (const seed of seeds) {
    const played = await simulator.play(seed);
    const { events, slots, deaths, hash, trace, violations } = played;
    const isViolated = violations.length > 0;
    const failures =
      isViolated && totals.failures.length < MAX_SHOWN
        ? [{ seed, violations: [...violations], shrunk: await shrink(simulator, seed, trace) }]
        : [];
    const violated = isViolated ? 1 : 0;
    const diedAt = countDeaths(trace);
    totals = add(totals, { histories: 1, events, slots, deaths, diedAt, violated, failures, hash });
  }
  return totals;
}

export function add(one: Totals, other: Totals): Totals {
  return {
    histories: one.histories + other.histories,
    events: one.events + other.events,
    slots: one.slots + other.slots,
    deaths: one.deaths + other.deaths,
    diedAt: addCounts(one.diedAt, other.diedAt),
    violated: one.violated + other.violated,
    failures: [...one.failures, ...other.failures].slice(0, MAX_SHOWN),
    hash: mix(one.hash, other.hash),
  };
}

type Counts = Readonly<Record<string, number>>;

function countDeaths(trace: readonly string[]): Counts {
  return trace
    .filter((name) => name.startsWith(DIED_AT))
    .reduce<Counts>((counts, name) => addCounts(counts, { [name.slice(DIED_AT.length)]: 1 }), {});
}

function addCounts(one: Counts, other: Counts): Counts {
  const sum = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

function mix(one: string, other: string): string {
  const bytes = Buffer.from(other, 'hex');
  return Buffer.from(
    Buffer.from(one, 'hex').map((byte, index) => byte ^ (bytes[index] ?? 0)),
  ).toString('hex');
}
