import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type RegisteredGroup, registeredGroupSchema } from '../core/group.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { createIpcRequests } from '../db/ipc-requests.ts';
import { type CommandTable, defineCommand, defineStagedCommand, type Effect } from './command.ts';
import { OpenedFolder } from './opened-folder.ts';
import { applyRequest } from './request.ts';
import { readRequestFile } from './request-file.ts';
import { scanRequests } from './request-scan.ts';

const family = registeredGroupSchema.parse({ jid: '2@g.us', folder: 'family', name: 'Family' });
const schema = z.strictObject({ type: z.string(), isRefused: z.boolean().optional() });
const REFUSAL = { code: 'conflict', error: 'Not now.' } as const;

let db: Db;
let group: RegisteredGroup | undefined;
let onStage: () => void;
let effects: number;
const commands: CommandTable = {
  messages: [
    defineCommand({
      type: 'plain',
      schema,
      authorize: () => undefined,
      apply(_db, _group, { isRefused }): Effect {
        if (isRefused === true) return { refused: REFUSAL };
        effects += 1;
        return {};
      },
    }),
    defineStagedCommand({
      type: 'staged',
      schema,
      authorize: () => undefined,
      async stage(_group, { isRefused }) {
        onStage();
        return isRefused === true ? { ok: false, ...REFUSAL } : { ok: true, staged: 'copy' };
      },
      apply: () => ({ messageId: `id ${(effects += 1)}` }),
      afterwards: async () => undefined,
    }),
  ],
  tasks: [],
};

beforeEach(() => {
  db = openDatabase(':memory:');
  group = family;
  onStage = () => undefined;
  effects = 0;
});
afterEach(() => db.close());

async function ask(content: string | Uint8Array | object, box: keyof CommandTable = 'messages') {
  const isRaw = typeof content === 'string' || content instanceof Uint8Array;
  const bytes = Buffer.from(isRaw ? content : JSON.stringify(content));
  const deps = {
    db,
    requests: createIpcRequests(db),
    commands,
    groups: { byFolder: () => group },
    now: () => 1,
  };
  const request = { folder: 'family', box, name: 'a.json' };
  return await applyRequest(deps, request, bytes, new AbortController().signal);
}

test('what is plain is done at once, and what is staged after its work, with what should follow', async () => {
  const plain = await ask({ type: 'plain' });
  expect(plain).toEqual({
    outcome: 'accepted',
    type: 'plain',
    reply: { ok: true, requestId: 'a.json' },
  });
  db.exec('delete from ipc_requests');
  expect(await ask({ type: 'staged' })).toMatchObject({
    outcome: 'accepted',
    reply: { messageId: 'id 2' },
    afterwards: expect.any(Function),
  });
});

test.each<[string, string | Uint8Array | object, string]>([
  ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'is not UTF-8'],
  ['half an object', '{"type":', 'is not valid JSON'],
  ['a list', '[]', 'is not an object with a "type"'],
  ['a type that no box takes', { type: 'other' }, 'It takes "plain", "staged".'],
  ['a field too many', { type: 'plain', more: 1 }, 'wrong fields'],
  ['what the work beforehand refuses', { type: 'staged', isRefused: true }, 'Not now.'],
  ['what the effect refuses', { type: 'plain', isRefused: true }, 'Not now.'],
])('%s: no effect, and the reply says why', async (_what, content, words) => {
  const { outcome, reply } = await ask(content);
  expect(outcome).toBe('refused');
  expect(reply.ok ? '' : reply.error).toContain(words);
  expect(effects).toBe(0);
});

test('a request in the wrong folder is told where it belongs', async () => {
  const [wrong, unknown] = [
    await ask({ type: 'plain' }, 'tasks'),
    await ask({ type: 'x' }, 'tasks'),
  ];
  expect(wrong.reply).toMatchObject({ error: 'Requests of this type belong into messages/.' });
  expect(unknown.reply).toMatchObject({ error: expect.stringContaining('takes no requests yet') });
});

test('a group that is registered no more, also since its file was copied, has no effect', async () => {
  onStage = () => {
    group = undefined;
  };
  expect(await ask({ type: 'staged' })).toMatchObject({ code: 'not_allowed' });
  expect(await ask({ type: 'plain' })).toMatchObject({ code: 'not_allowed' });
  expect(effects).toBe(0);
});

test('the same bytes again get the stored reply, others of the same name are refused', async () => {
  await ask({ type: 'plain' });
  expect(await ask({ type: 'plain' })).toMatchObject({ outcome: 'repeated', reply: { ok: true } });
  expect(await ask({ type: 'staged' })).toMatchObject({ code: 'duplicate_name' });
  expect(effects).toBe(1);
});

test('a file that nobody may read is refused, and a disk that fails is no fault of the request', async () => {
  expect(await readRequestFile('/proc/sys/vm/drop_caches')).toMatchObject({ code: 'unsafe_file' });
  await expect(readRequestFile('/proc/self/mem')).rejects.toMatchObject({ code: 'EIO' });
  const folder = await mkdtemp(join(tmpdir(), 'deckhand-request-'));
  await writeFile(join(folder, 'a.json'), '{}');
  expect(await readRequestFile(join(folder, 'a.json'))).toMatchObject({ ok: true });
  await rm(folder, { recursive: true });
});

test('a scan takes no more names than it was asked for, and says what it saw and that there may be others', async () => {
  const root = await mkdtemp(join(tmpdir(), 'deckhand-request-'));
  for (const name of ['a.json', 'b.json', 'c.json', 'd.tmp']) await writeFile(join(root, name), '');
  await using folder = await OpenedFolder.open(root);
  const scan = await scanRequests(folder, 2);
  expect([scan.names.length, scan.isPartial]).toEqual([2, true]);
  const all = { names: ['a.json', 'b.json', 'c.json'], isPartial: false, seen: 4 };
  expect(await scanRequests(folder, 4)).toEqual(all);
  await rm(root, { recursive: true });
});
