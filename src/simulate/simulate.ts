import { isAsking, type MessageDecision } from '../core/decision.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { type DateOrder, DateOrderVote, type OrderVerdict } from './date-order.ts';
import { readHeader } from './export-header.ts';
import { readExportLines } from './export-lines.ts';
import { createMessageReader, type ReadEntry } from './message-reader.ts';
import { type ExportEntry, ExportParser } from './parse-export.ts';
import { OWN_JID } from './people.ts';
import { Replay, type ReplayedRun } from './replay.ts';

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
  onEvent: OnEvent,
): Promise<void> {
  const onRun = (run: ReplayedRun) =>
    onEvent({ ...run, type: 'run', lines: run.asked.map((id) => Number(id.slice(1))) });
  using scratch = openScratch();
  const replay = new Replay(scratch.db, { ...settings, ownJid: OWN_JID }, onRun);
  const read = createMessageReader(settings);
  const take = (entry: ExportEntry): void =>
    entry.kind === 'bad'
      ? onEvent({ ...entry, type: 'bad' })
      : play(replay, entry.line, read(entry), onEvent);
  const parser = new ExportParser(settings.order);
  for await (const lines of readExportLines(pieces)) {
    for (const line of lines) for (const entry of parser.push(line)) take(entry);
  }
  for (const entry of parser.end()) take(entry);
  replay.finish();
}

type OnEvent = (event: SimulationEvent) => void;

function play(replay: Replay, line: number, read: ReadEntry, onEvent: OnEvent): void {
  if (read.kind === 'nothing') return onEvent({ type: 'passed', what: read.what });
  const { message, mark } = read;
  // Runs that are over by then come first, and one that the message starts comes after it.
  replay.passTime(message.sentAt);
  if (read.kind === 'answer') {
    replay.noteAnswer(message);
    return onEvent({ type: 'passed', what: 'own' });
  }
  const decision = replay.receive(message);
  const { senderName: sender, text, sentAt: at } = message;
  onEvent({ type: 'message', line, at, sender, text, decision, ...mark });
  if (isAsking(decision)) replay.startRun();
}

function openScratch(): { readonly db: Db } & Disposable {
  const db = openDatabase(':memory:');
  return { db, [Symbol.dispose]: () => void db.close() };
}
