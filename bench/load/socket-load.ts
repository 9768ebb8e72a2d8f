import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Group, Phone } from '../../test/loopback/whatsapp/server.ts';
import { LoopbackWorld } from '../../test/world/loopback-world.ts';
import { LOOPBACK_REACH } from '../../test/world/model-reach.ts';
import { type Distribution, describeDistribution } from '../distribution.ts';
import {
  describeRate,
  finish,
  type LoadFigures,
  type LoadPlan,
  MESSAGES_PER_QUESTION,
  makeText,
} from './engine-load.ts';
import { watchHost } from './host-watch.ts';
import { judgeLoad, ShownAnswers } from './judge.ts';
import { GROUPS, hostEnvironment, registerGroups, startLoadHost } from './load-site.ts';

const PEOPLE = 50;
/** Messages without a receipt yet, above which the phones wait: else they would only fill the socket. */
const MOST_ON_THE_WAY = 64;
const TICK_MS = 2;

export interface SocketFigures extends LoadFigures {
  /** From a phone's "send" to the host's receipt on it, in milliseconds. */
  readonly sentToReceipt: Distribution;
}

/**
 * Phones that encrypt with real Signal and a loopback WhatsApp in this process, the whole host in another. The phones
 * send as fast as the host takes it, at the rate of the plan at most.
 */
export async function measureSocketLoad(
  plan: LoadPlan,
  signal: AbortSignal,
): Promise<SocketFigures> {
  await using world = await LoopbackWorld.start({
    runtime: 'process',
    reach: LOOPBACK_REACH,
    projectRoot: join(import.meta.dirname, '..', '..'),
  });
  await world.link(signal);
  const { home } = world.config;
  const cast = openCast(world);
  await registerGroups(home, cast.groups);
  const env = { ...hostEnvironment(home), WHATSAPP_URL: world.whatsapp.url };
  await using host = startLoadHost(env, []);
  await world.whatsapp.waitForConnection(signal);
  await world.whatsapp.waitForQuiet(signal);
  const over = new AbortController();
  const watching = watchHost(host, home, AbortSignal.any([signal, over.signal]));
  const traffic = new PhoneTraffic(cast);
  const made = await traffic.send(plan, signal);
  await world.whatsapp.waitForQuiet(signal);
  const { figures, drainSeconds } = await finish(host, signal);
  over.abort();
  const watched = await watching;
  await host.process.stop();
  const judged = judgeLoad(home, made, readShown(cast.phones));
  return {
    ...describeRate(judged, made.seconds, GROUPS),
    drainSeconds,
    sentToReceipt: describeDistribution(traffic.receiptMs),
    ...figures,
    ...watched,
  };
}

interface Cast {
  readonly phones: readonly Phone[];
  readonly groups: readonly Group[];
}

/** Two of fifty people in each group, and the owner. */
function openCast({ whatsapp }: LoopbackWorld): Cast {
  const phones = Array.from({ length: PEOPLE }, (_, index) =>
    whatsapp.addPhone({
      name: `Member ${index}`,
      phoneNumber: `155500002${String(index).padStart(2, '0')}`,
    }),
  );
  const groups = Array.from({ length: GROUPS }, (_, index) => {
    const members = [0, 7].flatMap((offset) => phones[(index + offset) % PEOPLE] ?? []);
    return whatsapp.addGroup({ subject: `Group ${index}`, members });
  });
  return { phones, groups };
}

class PhoneTraffic {
  readonly receiptMs: number[] = [];
  readonly #cast: Cast;
  readonly #sentAt = new Map<string, number>();
  readonly #read: number[];

  constructor(cast: Cast) {
    this.#cast = cast;
    this.#read = cast.phones.map(() => 0);
  }

  async send({ minutes, rate }: LoadPlan, signal: AbortSignal) {
    const startedAt = performance.now();
    const elapsedS = () => (performance.now() - startedAt) / 1_000;
    let sent = 0;
    while (elapsedS() < minutes * 60) {
      this.#readReceipts();
      if (sent < elapsedS() * rate && this.#sentAt.size < MOST_ON_THE_WAY) {
        await this.#sendOne(sent);
        // The cipher goes on in microtasks alone, and the receipts have to be read.
        await nextTurn();
        sent += 1;
      } else {
        await delay(TICK_MS, undefined, { signal });
      }
    }
    const asked = Math.ceil(sent / MESSAGES_PER_QUESTION);
    return { sent, asked, seconds: elapsedS() };
  }

  async #sendOne(index: number): Promise<void> {
    const { groups, phones } = this.#cast;
    const number = Math.floor(Math.random() * groups.length);
    const group = groups[number];
    const phone = phones[number % phones.length];
    if (group === undefined || phone === undefined) throw new Error('a group has members');
    const startedAt = performance.now();
    const { id } = await phone.sendText(group, makeText(index));
    this.#sentAt.set(id, startedAt);
  }

  #readReceipts(): void {
    const now = performance.now();
    for (const [index, phone] of this.#cast.phones.entries()) {
      for (const { id } of phone.receipts.slice(this.#read[index])) this.#take(id, now);
      this.#read[index] = phone.receipts.length;
    }
  }

  #take(id: string, now: number): void {
    const sentAt = this.#sentAt.get(id);
    if (sentAt === undefined) return;
    this.#sentAt.delete(id);
    this.receiptMs.push(now - sentAt);
  }
}

function readShown(phones: readonly Phone[]): ShownAnswers {
  const shown = new ShownAnswers();
  for (const { seen } of phones) {
    for (const { fromCompanion, text, id } of seen) if (fromCompanion) shown.add(text, id);
  }
  return shown;
}
