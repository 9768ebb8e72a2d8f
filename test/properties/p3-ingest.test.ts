import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { InboundMessage } from '../../src/core/message.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createStores } from '../../src/db/stores.ts';
import { createIngest } from '../../src/engine/ingest.ts';
import { FAMILY, group, WORK } from '../engine/world.ts';

const db = openDatabase(':memory:');
afterAll(() => db.close());

const family = group({ jid: FAMILY, name: 'Family', folder: 'family' });
const work = group({ jid: WORK, name: 'Work', folder: 'work' });
const ingest = createIngest({
  db,
  ...createStores(db),
  receipts: { accept: () => undefined },
  judgeAge: (decision) => decision,
  limitRate: () => undefined,
  findGroup: (jid) => [family, work].find((one) => one.jid === jid),
  assistantName: 'Assistant',
  ownJids: () => ['100@s.whatsapp.net', '200@lid'],
  now: () => SECOND,
  onMedia: () => undefined,
  onCommand: () => undefined,
  onPending: () => undefined,
  report: () => undefined,
});

const SECOND = 1_700_000_000_000;

interface Person {
  readonly phone: string;
  readonly lid: string;
}

const people: readonly Person[] = [1, 2, 3].map((number) => ({
  phone: `10${number}@s.whatsapp.net`,
  lid: `20${number}@lid`,
}));

interface Sent {
  readonly person: Person;
  readonly chatJid: string;
  readonly id: string;
  readonly text: string;
  readonly second: number;
}

/** What one delivery of a message may show differently from another one of the same. */
interface Delivery {
  readonly sent: Sent;
  readonly as: 'phone' | 'lid' | 'both';
  readonly name: string;
}

function toMessage({ sent, as, name }: Delivery): InboundMessage {
  const { person, chatJid, id, text, second } = sent;
  const { phone, lid } = person;
  const sender = {
    phone: { senderJid: phone },
    lid: { senderJid: lid },
    both: { senderJid: phone, senderAltJid: lid },
  }[as];
  const at = { sentAt: SECOND + second * 1_000, isFromMe: false, isGroup: true };
  return { chatJid, ...sender, senderName: name, id, text, mentions: [], ...at };
}

/** Ids are unique to a sender in a chat and to nothing more; several messages fall into one second. */
const messages = fc.uniqueArray(
  fc.record({
    person: fc.constantFrom(...people),
    chatJid: fc.constantFrom(FAMILY, WORK),
    id: fc.constantFrom('A', 'B', 'C'),
    text: fc.constantFrom('hi', '@Assistant hello', '@Assistant again', ''),
    second: fc.nat(2),
  }),
  {
    minLength: 1,
    maxLength: 12,
    selector: ({ person, chatJid, id }) => `${person.lid} ${chatJid} ${id}`,
  },
);

/** Each message at least once and some again, in any order. */
const deliveries = messages.chain((all) => {
  const name = fc.constantFrom('Ana', 'Anna ✨', '');
  const one = (sent: fc.Arbitrary<Sent>) =>
    fc.record({ sent, name, as: fc.constant('phone' as const) });
  const again = fc.array(one(fc.constantFrom(...all)), { maxLength: all.length * 3 });
  return fc
    .tuple(again, fc.tuple(...all.map((sent) => one(fc.constant(sent)))))
    .map((parts) => parts.flat())
    .chain((some) => fc.shuffledSubarray(some, { minLength: some.length }));
});

interface Row {
  readonly chat: string;
  readonly sender: string;
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly sentAt: number;
  readonly state: string;
  readonly decision: string;
}

/** The inbox after exactly these deliveries, in the order of arrival. */
function ingestAll(all: readonly Delivery[]): Row[] {
  db.exec('delete from messages; delete from chats');
  for (const delivery of all) ingest(toMessage(delivery));
  const rows = db.prepare<[], Row>(`
    select chat_jid as chat, sender_jid as sender, id, sender_name as name, text, sent_at as sentAt, state, decision
    from messages order by seq`);
  return rows.all();
}

/** Of one person, whichever identity the row was stored under. */
function canonical(row: Row): string {
  const person = people.find(({ phone, lid }) => [phone, lid].includes(row.sender));
  const { chat, id, text, sentAt, state, decision } = row;
  return JSON.stringify([chat, person?.lid, id, text, sentAt, state, decision]);
}

function onceEach(all: readonly Delivery[]): Delivery[] {
  const first = new Map<Sent, Delivery>();
  for (const one of all) if (!first.has(one.sent)) first.set(one.sent, one);
  return [...first.values()];
}

test('P3: any order and any number of deliveries leaves the same rows as each message once', () => {
  fc.assert(
    fc.property(deliveries, (all) => {
      const rows = ingestAll(all);
      expect(rows).toHaveLength(onceEach(all).length);
      expect(rows.map(canonical).sort()).toEqual(
        ingestAll(onceEach(all).toReversed()).map(canonical).sort(),
      );
    }),
    { numRuns: 600 },
  );
});

test('P3: of several deliveries of one message the first one to arrive is what is kept, its name included', () => {
  fc.assert(
    fc.property(deliveries, (all) => {
      expect(ingestAll(all)).toEqual(ingestAll(onceEach(all)));
    }),
    { numRuns: 600 },
  );
});

test('P3: a person whose phone number becomes known in the middle is the same person to what comes again', () => {
  fc.assert(
    fc.property(deliveries, fc.nat(40), (all, knownFrom) => {
      const seen = all.map((one, index) => ({
        ...one,
        as: index < knownFrom ? ('lid' as const) : ('both' as const),
      }));
      const rows = ingestAll(seen);
      expect(rows.map(canonical).sort()).toEqual(ingestAll(onceEach(all)).map(canonical).sort());
    }),
    { numRuns: 600 },
  );
});
