import { mkdir } from 'node:fs/promises';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { createStores, type Stores } from '../../src/db/stores.ts';
import { hostPaths } from '../../src/paths.ts';
import { median } from '../distribution.ts';
import {
  GROUPS,
  type GroupName,
  groupNames,
  hostEnvironment,
  makeHome,
  registerGroups,
  startLoadHost,
} from './load-site.ts';

const ROWS = 100_000;
const FEW_GROUPS = 50;
/** Messages of which one run has answered the last. */
const ROWS_PER_ANSWER = 20;
const WAITING_GROUPS = 20;
const ROUNDS = 3;

/** Medians of three, in milliseconds. */
interface FirstAgent {
  /** From the start of the program to the first agent that is asked. */
  readonly toFirstAgent: number;
  /** Processor time of the host in it: on a machine with other work, what a free one would need at least. */
  readonly cpu: number;
}

export interface RestartFigures {
  /** Messages in the database, of which those of 20 chats wait for an answer. */
  readonly rows: number;
  readonly with50Groups: FirstAgent;
  readonly with1000Groups: FirstAgent;
}

/** A host is killed while 20 chats wait; the next one finds them in a database of some months. */
export async function measureRestart(signal: AbortSignal): Promise<RestartFigures> {
  const few = await measureFirstAgent(groupNames(FEW_GROUPS), signal);
  const many = await measureFirstAgent(groupNames(GROUPS), signal);
  return { rows: ROWS, with50Groups: few, with1000Groups: many };
}

async function measureFirstAgent(
  groups: readonly GroupName[],
  signal: AbortSignal,
): Promise<FirstAgent> {
  await using stack = new AsyncDisposableStack();
  const home = await makeHome(stack);
  await registerGroups(home, groups);
  await fillDatabase(home, groups);
  const starts: FirstAgent[] = [];
  for (let round = 0; round < ROUNDS; round += 1) starts.push(await timeStart(home, signal));
  const medianOf = (figure: keyof FirstAgent) => median(starts.map((start) => start[figure]));
  return { toFirstAgent: medianOf('toFirstAgent'), cpu: medianOf('cpu') };
}

/** The host is killed at once, so that the questions still wait for the next round. */
async function timeStart(home: string, signal: AbortSignal): Promise<FirstAgent> {
  const startedAt = performance.now();
  await using host = startLoadHost(hostEnvironment(home), ['--port']);
  const { cpuMs: cpu } = await host.next('asked', signal);
  return { toFirstAgent: Math.round(performance.now() - startedAt), cpu };
}

async function fillDatabase(home: string, groups: readonly GroupName[]): Promise<void> {
  const { database, data } = hostPaths(home);
  await mkdir(data, { recursive: true, mode: 0o700 });
  const db = openDatabase(database);
  try {
    fillGroups(db, createStores(db), groups);
  } finally {
    db.close();
  }
}

function fillGroups(db: Db, stores: Stores, groups: readonly GroupName[]): void {
  const answers = ROWS / groups.length / ROWS_PER_ANSWER;
  const fill = db.transaction(() => {
    for (const [index, group] of groups.entries()) {
      const folder = `group-${index}`;
      for (let answer = 0; answer < answers; answer += 1) {
        fillAnswer(stores, { jid: group.jid, folder }, answer);
      }
      if (index < WAITING_GROUPS) insertMessage(stores, group.jid, 'waiting', true);
    }
  });
  fill();
}

/** A run that has answered what came before it, with its answer in the outbox. */
function fillAnswer(
  stores: Stores,
  { jid: chatJid, folder }: { jid: string; folder: string },
  answer: number,
): void {
  const { inbox, runs, outbox } = stores;
  const now = Date.now();
  const id = `${folder}-${answer}`;
  for (let index = 0; index < ROWS_PER_ANSWER; index += 1) {
    insertMessage(stores, chatJid, `${answer}-${index}`, index === ROWS_PER_ANSWER - 1);
  }
  runs.insert({ id, kind: 'messages', chatJid, folder, provider: 'claude', now });
  inbox.claimOpen(chatJid, id);
  inbox.settleRun(id, 'answered');
  runs.finish(id, 'answered', now);
  const text = 'Ben brings the tea, and you meet at eight.';
  outbox.enqueue({ id: `A-${id}`, chatJid, kind: 'text', text, mentions: [] }, `run:${id}`, now);
  outbox.settle(`A-${id}`, 'acked', now);
}

function insertMessage({ inbox }: Stores, chatJid: string, id: string, isAsking: boolean): void {
  const sentAt = Date.now();
  const message = {
    chatJid,
    senderJid: '15550000200@s.whatsapp.net',
    senderName: 'Member',
    id,
    sentAt,
    text: 'Who brings the tea tomorrow, and when do we meet?',
    isFromMe: false,
    isGroup: true,
    mentions: [],
  };
  inbox.insert(message, isAsking ? 'name' : 'not_addressed', sentAt);
}
