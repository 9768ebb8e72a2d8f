import { expect, test } from 'vitest';
import type { ProfileId } from '../../src/credentials/stored-credential.ts';
import { createChance } from '../engine/simulated-years.ts';
import type { Fault } from '../loopback/oauth/faults.ts';
import { Fleet } from './month-fleet.ts';
import type { Order, Report } from './month-worker.ts';
import { DAY, HOUR, OWN, SignInWorld } from './sign-in-world.ts';

const PROCESSES = 8;
const HOSTS = 2;
const GROUPS = 20;
const STEP_MS = 3 * HOUR;
const STEPS = (30 * DAY) / STEP_MS;
/** Short, so that the month holds many expiries of each. */
const LIFETIME_S = (2 * DAY) / 1000;

const PROFILES: readonly ProfileId[] = [
  OWN,
  ...Array.from({ length: GROUPS }, (_, index): ProfileId => {
    return { name: 'openai-codex', folder: `group-${index}` };
  }),
];
const FAULTS: readonly Fault[] = [{ status: 500, body: 'oops' }, 'html', 'empty', 'reset'];

interface Lack {
  readonly step: number;
  readonly what: string;
}

/** A month in the life of an installation: who asks for which token when is chance. */
class Month {
  readonly #world: SignInWorld;
  readonly #fleet: Fleet;
  readonly #chance: () => number;
  readonly lacks: Lack[] = [];
  asked = 0;
  faults = 0;
  kills = 0;
  waits = 0;
  broken = 0;

  constructor(world: SignInWorld, fleet: Fleet, seed: number) {
    this.#world = world;
    this.#fleet = fleet;
    this.#chance = createChance(seed);
  }

  async live(): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      if (this.#chance() < 1 / 20) await this.#kill();
      if (this.#chance() < 1 / 4) this.#breakOneRefresh();
      const refused = this.#chance() < 1 / 40 ? await this.#refuseAll() : undefined;
      this.#world.pass(STEP_MS);
      const orders = Array.from({ length: PROCESSES }, () => this.#order(refused));
      let reports = await this.#send(orders);
      if (refused) reports = await this.#persist(orders, reports);
      for (const report of reports) this.#judge(step, report);
      await this.#judgeStored(step);
    }
  }

  #send(orders: readonly Order[]): Promise<readonly Report[]> {
    return Promise.all(orders.map((order, index) => this.#fleet.order(index, order)));
  }

  /** A refused token and a fault at once: nobody can do better than to try again a minute later. */
  async #persist(orders: readonly Order[], reports: readonly Report[]): Promise<readonly Report[]> {
    if (!reports.some(hasToWait)) return reports;
    this.#world.pass(60_000);
    this.waits += 1;
    const later = orders.map((order) => ({ ...order, now: this.#world.now }));
    return await this.#persist(later, await this.#send(later));
  }

  /** Every process needs some tokens at once, and often the same as others. */
  #order(refused: ReadonlyMap<ProfileId, string> | undefined): Order {
    const ids = refused
      ? PROFILES
      : Array.from({ length: 4 }, () => this.#pick(PROFILES)).concat(OWN);
    const wanted = ids.map((id) => {
      const token = refused?.get(id);
      return { id, ...(token !== undefined && { refused: token }) };
    });
    return { now: this.#world.now, wanted: wanted.sort(() => this.#chance() - 0.5) };
  }

  /** The server does not take the tokens any more that everybody has. */
  async #refuseAll(): Promise<ReadonlyMap<ProfileId, string>> {
    this.#world.server.expireAccessTokens();
    const tokens = PROFILES.map(async (id) => {
      return [id, (await this.#world.stored(id)).accessToken] as const;
    });
    return new Map(await Promise.all(tokens));
  }

  #breakOneRefresh(): void {
    this.#world.server.failNext('refresh', this.#pick(FAULTS));
    this.faults += 1;
  }

  async #kill(): Promise<void> {
    await this.#fleet.replace(Math.floor(this.#chance() * PROCESSES));
    this.kills += 1;
  }

  #judge(step: number, { tokens, broken }: Report): void {
    this.broken += broken;
    for (const { status, token } of tokens) {
      this.asked += 1;
      const isLive = token !== undefined && this.#world.server.isAccessTokenLive(token);
      if (!isLive) this.lacks.push({ step, what: `a process got ${status}` });
    }
  }

  async #judgeStored(step: number): Promise<void> {
    for (const id of PROFILES) {
      const { accessToken } = await this.#world.stored(id);
      if (this.#world.server.isAccessTokenLive(accessToken)) continue;
      this.lacks.push({ step, what: `${id.folder ?? 'the installation'} has no live token` });
    }
  }

  #pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.#chance() * values.length)];
    if (value === undefined) throw new Error('there is nothing to choose from');
    return value;
  }
}

function hasToWait({ tokens }: Report): boolean {
  return tokens.some(({ status }) => status === 'unavailable');
}

test('eight processes and twenty groups live through a month of expiries without one reuse', async () => {
  const seed = Number(process.env['MONTH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  await using world = await SignInWorld.open({ accessTokenLifetimeS: LIFETIME_S });
  for (const id of PROFILES) await world.signIn(id);
  const { folder, server } = world;
  await using fleet = new Fleet({ size: PROCESSES, hosts: HOSTS, folder, origin: server.origin });
  const month = new Month(world, fleet, seed);
  await month.live();
  const { refreshes, reuses, deadFamilies } = server.counts;
  const { asked, kills, faults, waits, lacks, broken } = month;
  process.stdout.write(
    `${asked} tokens, ${refreshes} refreshes, ${faults} faults, ${waits} waits, ${kills} kills, seed ${seed}\n`,
  );
  expect({ seed, reuses, deadFamilies, broken, lacks }).toEqual({
    seed,
    reuses: 0,
    deadFamilies: 0,
    broken: 0,
    lacks: [],
  });
  expect(refreshes).toBeGreaterThan(PROFILES.length * 14);
});
