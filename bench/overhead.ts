import { join } from 'node:path';
import type { Activity } from '../src/engine/activity.ts';
import { BY_NETWORK } from '../test/fakes/by-network.ts';
import { answer, FakeRunner } from '../test/fakes/fake-runner.ts';
import type { Group, Phone } from '../test/loopback/whatsapp/server.ts';
import type { ActivityLog } from '../test/world/activity-log.ts';
import { LoopbackWorld } from '../test/world/loopback-world.ts';
import { LOOPBACK_REACH } from '../test/world/model-reach.ts';
import { type Distribution, describeDistribution } from './distribution.ts';

const GROUPS = 5;
const MEMBERS_PER_GROUP = 3;
/** Per group; the first ones set up sessions and sender keys, as they do once in the life of a group. */
const WARM_UP_RUNS = 3;
const RUNS_PER_GROUP = 50;
const QUESTION = '@Assistant what is the plan for tomorrow, and who brings the tea?';
const ANSWER = 'Here is what I found. '.repeat(10).trim();

/** What the host itself adds to a run whose agent answers at once. All from one and the same runs. */
export interface OverheadFigures {
  readonly runs: number;
  readonly groups: number;
  /** The loopback server has written the stanza to the host's socket → the inbox row is committed. */
  readonly receivedToStored: Distribution;
  /** … → the agent runner is asked. */
  readonly receivedToAsked: Distribution;
  /** A phone begins to send → the agent runner is asked: with the phone's own encryption. */
  readonly phoneToAsked: Distribution;
  /** The agent runner has its result → the outbox row is committed and its sending begins. */
  readonly resultToSending: Distribution;
  /** … → the loopback server has read the stanza off the socket, which includes its decoding. */
  readonly resultToSocket: Distribution;
  /** … → the phone that asked has decrypted and shown it. */
  readonly resultToPhone: Distribution;
}

interface Bench {
  readonly world: LoopbackWorld;
  /** When the agent runner had its last result. */
  readonly clock: { resultAt: number };
  readonly signal: AbortSignal;
}

interface Chat {
  readonly group: Group;
  readonly members: readonly Phone[];
}

/** Milliseconds of one run, named as in the figures. */
type RunTimes = Record<Exclude<keyof OverheadFigures, 'runs' | 'groups'>, number>;

/**
 * Sends messages one after the other, each when the one before is answered and confirmed: real Baileys on a
 * real socket, real SQLite, real engine; only the agent runner is played and answers at once. Server and
 * phones share the thread with the host, so that their work counts where it lies between two stamps.
 */
export async function measureOverhead(signal: AbortSignal): Promise<OverheadFigures> {
  const clock = { resultAt: 0 };
  const runner = new FakeRunner();
  runner.respond = () => {
    clock.resultAt = performance.now();
    return answer(ANSWER);
  };
  await using world = await LoopbackWorld.start({
    runtime: 'process',
    reach: LOOPBACK_REACH,
    projectRoot: join(import.meta.dirname, '..'),
    env: { RECEIPTS: 'on' },
    agents: {
      runner,
      prepare: async () => undefined,
      ...BY_NETWORK,
      handOver: async () => undefined,
    },
  });
  const bench = { world, clock, signal };
  await world.link(signal);
  await world.startHost(signal);
  const chats = await openChats(bench);
  for (let round = 0; round < WARM_UP_RUNS; round++) await askEach(bench, chats, round);
  const times: RunTimes[] = [];
  for (let round = 0; round < RUNS_PER_GROUP; round++) {
    times.push(...(await askEach(bench, chats, WARM_UP_RUNS + round)));
  }
  return { runs: times.length, groups: chats.length, ...describeTimes(times) };
}

async function openChats({ world, signal }: Bench): Promise<Chat[]> {
  const chats: Chat[] = [];
  for (let index = 0; index < GROUPS; index++) {
    const members = Array.from({ length: MEMBERS_PER_GROUP }, (_, member) =>
      world.whatsapp.addPhone({
        name: `Member ${member}`,
        phoneNumber: `1555001${index}00${member}`,
      }),
    );
    const group = world.whatsapp.addGroup({ subject: `Group ${index}`, members });
    const registration = { jid: group.jid, name: group.subject, folder: `group-${index}` };
    const edit = await world.app.registrations.add(registration, signal);
    if (edit.status !== 'saved') throw new Error(`the group was not registered: ${edit.status}`);
    chats.push({ group, members });
  }
  return chats;
}

/** One run in every group; the members take turns. */
async function askEach(bench: Bench, chats: readonly Chat[], round: number): Promise<RunTimes[]> {
  const times: RunTimes[] = [];
  for (const { group, members } of chats) {
    const member = members[round % members.length];
    const witness = members[(round + 1) % members.length];
    if (member === undefined || witness === undefined) throw new Error('a chat has two members');
    times.push(await ask(bench, group, member, witness));
  }
  return times;
}

/** `witness` is another member: a phone keeps no reactions to what it sent itself. */
async function ask(
  { world, clock, signal }: Bench,
  group: Group,
  member: Phone,
  witness: Phone,
): Promise<RunTimes> {
  const { log, whatsapp } = world;
  const entriesBefore = log.entries.length;
  const known = new Set(member.seen.map(({ id }) => id));
  const written = whatsapp.counts.messagesReceived + 1;
  const socket = whatsapp.waitForCounts((now) => now.messagesReceived >= written, signal);
  const phone = member.waitForMessage((one) => one.fromCompanion && !known.has(one.id), signal);
  const onSocket = socket.then(() => performance.now());
  const onPhone = phone.then(() => performance.now());
  const sentAt = performance.now();
  const question = await member.sendText(group, QUESTION);
  // Stamped in the tick of the write: the host shares this thread, so it has not read the stanza yet.
  const receivedAt = performance.now();
  const [socketAt, phoneAt, { id }] = await Promise.all([onSocket, onPhone, phone]);
  await log.waitFor('sent', ({ messageId }) => messageId === id, signal);
  // Sent behind the answer, it would be work within the next run.
  await witness.waitForMessage(
    (one) => one.id === question.id && one.reactions.get(whatsapp.owner.jid) === '✅',
    signal,
  );
  await whatsapp.waitForQuiet(signal);
  const at = readStamps(log.entries.slice(entriesBefore));
  return {
    receivedToStored: at('received') - receivedAt,
    receivedToAsked: at('container_asked') - receivedAt,
    phoneToAsked: at('container_asked') - sentAt,
    resultToSending: at('sending') - clock.resultAt,
    resultToSocket: socketAt - clock.resultAt,
    resultToPhone: phoneAt - clock.resultAt,
  };
}

/** Of one run only, so that each kind of activity is there once. */
function readStamps(entries: ActivityLog['entries']) {
  return (type: Activity['type']): number => {
    const entry = entries.find(({ activity }) => activity.type === type);
    if (entry === undefined) throw new Error(`the host did not report "${type}"`);
    return entry.at;
  };
}

function describeTimes(times: readonly RunTimes[]): Record<keyof RunTimes, Distribution> {
  const of = (name: keyof RunTimes) => describeDistribution(times.map((run) => run[name]));
  return {
    receivedToStored: of('receivedToStored'),
    receivedToAsked: of('receivedToAsked'),
    phoneToAsked: of('phoneToAsked'),
    resultToSending: of('resultToSending'),
    resultToSocket: of('resultToSocket'),
    resultToPhone: of('resultToPhone'),
  };
}
