import { isAsking, type MessageDecision } from '../core/decision.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import { fromWallTime, type WallTime } from '../core/schedule/local-time.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { type DateOrder, DateOrderVote, type OrderVerdict } from './date-order.ts';
import { readHeader } from './export-header.ts';
import { readExportLines } from './export-lines.ts';
import { readMentions } from './mentions.ts';
import { type ExportEntry, ExportParser } from './parse-export.ts';
import { createPeople, OWN_JID } from './people.ts';
import { createReplay, type ReplayedRun } from './replay.ts';

export interface SimulationSettings {
  readonly group: RegisteredGroup;
  readonly assistantName: string;
  /** Zone of the phone that made the export. */
  readonly timeZone: string;
  readonly historyMessages: number;
  readonly runMs: number;
  readonly order: DateOrder;
  /** Name of the account in the export. */
  readonly ownName?: string | undefined;
  /** Name under which the assistant's own answers are in the export. */
  readonly answersBy?: string | undefined;
  /** JIDs of people by their names in the export. */
  readonly people: ReadonlyMap<string, Jid>;
}

/** What a simulation tells while it goes on. Lines are those of the file, from 1. */
export type SimulationEvent =
  | {
      readonly type: 'message';
      readonly line: number;
      /** Unix milliseconds. */
      readonly at: number;
      readonly sender: string;
      readonly text: string;
      readonly decision: MessageDecision;
      /** What of it an export does not hold, or marks. */
      readonly mark?: 'media' | 'edited';
    }
  | {
      readonly type: 'run';
      readonly at: number;
      readonly lines: readonly number[];
      readonly prompt: string;
      readonly history: string;
      /** The budget of the group is used up: nobody is asked. */
      readonly isRefused: boolean;
    }
  /** Nothing that the host would see, or nothing that is left of it. */
  | { readonly type: 'passed'; readonly what: 'system' | 'deleted' | 'own' }
  | {
      readonly type: 'bad';
      readonly line: number;
      readonly text: string;
      readonly reason: string;
    };

/** In which order the dates of a file are written. */
export async function findDateOrder(pieces: AsyncIterable<Uint8Array>): Promise<OrderVerdict> {
  const vote = new DateOrderVote();
  for await (const lines of readExportLines(pieces)) {
    for (const line of lines) {
      const header = readHeader(line);
      if (header !== undefined) vote.add(header);
    }
  }
  return vote.verdict();
}

/** Replays an export. Memory does not grow with the file; `onEvent` is called in the order of time. */
export async function simulate(
  settings: SimulationSettings,
  pieces: AsyncIterable<Uint8Array>,
  onEvent: (event: SimulationEvent) => void,
): Promise<void> {
  const onRun = (run: ReplayedRun) =>
    onEvent({ ...run, type: 'run', lines: run.asked.map((id) => Number(id.slice(1))) });
  using scratch = openScratch();
  const replay = createReplay(scratch.db, { ...settings, ownJid: OWN_JID }, onRun);
  const read = createMessageReader(settings);
  const take = (entry: ExportEntry): void => {
    if (entry.kind === 'bad') return onEvent({ ...entry, type: 'bad' });
    const found = read(entry);
    if (found.kind === 'nothing') return onEvent({ type: 'passed', what: found.what });
    const { message } = found;
    // Runs that are over by then come first, and one that the message starts comes after it.
    replay.passTime(message.sentAt);
    if (found.kind === 'answer') {
      replay.noteAnswer(message);
      return onEvent({ type: 'passed', what: 'own' });
    }
    const decision = replay.receive(message);
    const { senderName: sender, text, sentAt: at } = message;
    onEvent({ type: 'message', line: entry.line, at, sender, text, decision, ...found.mark });
    if (isAsking(decision)) replay.startRun();
  };
  const parser = new ExportParser(settings.order);
  for await (const lines of readExportLines(pieces)) {
    for (const line of lines) for (const entry of parser.push(line)) take(entry);
  }
  for (const entry of parser.end()) take(entry);
  replay.finish();
}

function openScratch(): { readonly db: Db } & Disposable {
  const db = openDatabase(':memory:');
  return { db, [Symbol.dispose]: () => void db.close() };
}

type ReadEntry =
  | {
      kind: 'message' | 'answer';
      message: InboundMessage;
      mark: { mark?: 'media' | 'edited' };
    }
  | { kind: 'nothing'; what: 'system' | 'deleted' };

/** Makes messages of entries as the channel would have given them. */
function createMessageReader(settings: SimulationSettings) {
  const { ownName, answersBy, people, group } = settings;
  const own = new Map([ownName, answersBy].flatMap((name) => (name ? [[name, OWN_JID]] : [])));
  const personOf = createPeople(new Map([...people, ...own]));
  const toInstant = createClock(settings.timeZone);
  return (entry: Exclude<ExportEntry, { kind: 'bad' }>): ReadEntry => {
    if (entry.kind === 'system') return { kind: 'nothing', what: 'system' };
    const { content, sender } = entry;
    if (content.kind === 'system' || content.kind === 'deleted') {
      return { kind: 'nothing', what: content.kind };
    }
    const message = {
      chatJid: group.jid,
      senderJid: personOf(sender),
      senderName: sender,
      id: `L${entry.line}`,
      sentAt: toInstant(entry.wall),
      text: content.text,
      isFromMe: own.has(sender),
      isGroup: group.jid.endsWith('@g.us'),
      mentions: readMentions(content.text, personOf),
    };
    const mark =
      content.kind === 'media' ? 'media' : content.isEdited ? ('edited' as const) : undefined;
    const kind = sender === answersBy ? 'answer' : 'message';
    return { kind, message, mark: mark === undefined ? {} : { mark } };
  };
}

/** Clock times as instants, with the offset of an hour remembered: finding it out takes longer than all the rest. */
function createClock(timeZone: string): (wall: WallTime) => number {
  let hour = Number.NaN;
  let offset = 0;
  return (wall) => {
    const found = Math.floor(wall / 3_600_000);
    if (found !== hour) {
      hour = found;
      offset = fromWallTime(hour * 3_600_000, timeZone) - hour * 3_600_000;
    }
    return wall + offset;
  };
}
