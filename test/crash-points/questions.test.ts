import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestHost } from '../../container/agent-runner/src/mailbox.ts';
import type { CrashPoint } from '../../src/crash-points.ts';
import { type AskedRun, type CrashGroup, CrashWorld } from './crash-world.ts';

/** Far above what a busy machine needs; the agent gives up its run when a reply takes longer. */
const REPLY_WAIT_MS = 50_000;
const DOOMED_WRITER = join(import.meta.dirname, 'doomed-writer.ts');
const forAll = new AbortController();

let world: CrashWorld;

beforeAll(async () => {
  world = await CrashWorld.start(forAll.signal);
});
afterAll(() => world[Symbol.asyncDispose]());

/** Says something while it works, by the mailbox, and answers when the host has confirmed that. */
async function answerAfterInterim({ runId, say, folder }: AskedRun, jid: string): Promise<void> {
  say({ type: 'progress', kind: 'text', detail: 'thinking' });
  const interim = { type: 'message', chatJid: jid, text: 'meanwhile' };
  const reply = await requestHost(world.paths.ipc(folder), 'messages', interim, REPLY_WAIT_MS);
  say({ type: 'progress', kind: 'text', detail: `confirmed: ${reply?.ok} ${runId}` });
  say({ type: 'result', text: 'the answer', isCut: false });
}

/** Lets the host die at the n-th pass of a point while it answers a question in a group of its own, and starts the next one. */
async function dieOverQuestion(
  point: CrashPoint,
  pass: number,
  signal: AbortSignal,
): Promise<CrashGroup> {
  const group = await world.addGroup(signal);
  world.act = (run) => answerAfterInterim(run, group.chat.jid);
  await world.host.ask({ ask: 'arm', point, pass }, signal);
  // What the first host has confirmed comes again all the same.
  world.whatsapp.faults.loseReceipts = true;
  await world.ana.sendText(group.chat, '@Assistant hello');
  await world.hostDies(point, signal);
  world.whatsapp.faults.loseReceipts = false;
  await world.startHost(signal);
  await world.shows(group, 'the answer', signal);
  await untilEmpty(join(world.paths.claimedRoot, group.folder, 'messages'), signal);
  await world.whatsapp.waitForQuiet(signal);
  await world.rest(signal);
  return group;
}

async function untilEmpty(folder: string, signal: AbortSignal): Promise<void> {
  const watcher = watch(folder);
  try {
    while (readdirSync(folder).length > 0) await once(watcher, 'change', { signal });
  } finally {
    watcher.close();
  }
}

/** One question, one run, one request and its two messages, all ended and nothing twice. */
function expectOnce({ chat, folder }: CrashGroup): void {
  expect(world.shown({ chat, folder })).toEqual(['meanwhile', 'the answer']);
  expect({
    messages: world.column('select state from messages where chat_jid = ?', chat.jid),
    runs: world.column('select state from runs where chat_jid = ?', chat.jid),
    requests: world.column('select count(*) from ipc_requests where folder = ?', folder),
    outbox: world.column('select state from outbox where chat_jid = ?', chat.jid),
  }).toEqual({
    messages: ['answered'],
    runs: ['answered'],
    requests: [1],
    outbox: ['acked', 'acked'],
  });
  expect(world.asked.filter((run) => run.folder === folder)).toHaveLength(1);
}

test.for<readonly [row: number, title: string, point: CrashPoint, pass: number]>([
  [1, 'a stanza that was not decrypted', 'stanza-received', 1],
  [2, 'a ratchet whose advance was not committed', 'ratchet-advancing', 2],
  [2, 'a message that was decrypted and not stored', 'message-decrypted', 2],
  [3, 'a message whose storing was not committed', 'message-storing', 1],
  [3, 'a stored message, which the server delivers again,', 'message-stored', 1],
  [4, 'a question that no run had claimed', 'run-due', 1],
  [4, 'a claim that was not committed', 'run-claiming', 1],
  [5, 'a run that had no agent', 'run-claimed', 1],
  [5, 'an agent that did not get its request', 'agent-started', 1],
  [6, 'an agent that works', 'request-sent', 1],
  [
    7,
    'a message that an agent sent before its answer, and events that are read again,',
    'event-received',
    3,
  ],
  [8, 'a result that was not stored', 'result-received', 1],
  [8, 'a run whose end was not committed', 'run-ending', 1],
  [9, 'an answer that was stored', 'run-ended', 1],
  [9, 'an answer that was about to be sent', 'message-due', 2],
  [10, 'an answer that the server had and had not confirmed to the host', 'message-written', 2],
  [10, 'an answer whose ack was not stored', 'message-acked', 2],
  [13, "an agent's request that was not claimed", 'request-found', 1],
  [14, "an agent's request that was claimed", 'request-claimed', 1],
  [14, "an agent's request whose effect was not committed", 'request-applying', 1],
  [15, "an agent's request that had no reply", 'request-applied', 1],
  [15, "an agent's request that had its reply", 'reply-written', 1],
])('row %i: %s is finished once after a kill at %s', async ([, , point, pass], { signal }) => {
  expectOnce(await dieOverQuestion(point, pass, signal));
});

test('row 12: a request whose writer was killed before the rename is left alone', async ({
  signal,
}) => {
  const group = await world.addGroup(signal);
  const jid = group.chat.jid;
  world.act = (run) => answerAfterInterim(run, jid);
  const ipc = world.paths.ipc(group.folder);
  const writer = spawn(process.execPath, [DOOMED_WRITER, ipc, jid], { stdio: 'inherit' });
  const [, death] = await once(writer, 'exit');
  expect(death).toBe('SIGKILL');
  const left = readdirSync(join(ipc, 'messages'));
  expect(left).toEqual([expect.stringMatching(/^\..+\.tmp$/)]);
  // Its answer waits until the host has looked through the mailbox.
  await world.ana.sendText(group.chat, '@Assistant hello');
  await world.shows(group, 'the answer', signal);
  await world.rest(signal);
  expectOnce(group);
  expect(readdirSync(join(ipc, 'messages'))).toEqual(left);
});
