import { watch } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  editCommandSchema,
  fileCommandSchema,
  messageCommandSchema,
  reactionCommandSchema,
} from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toolsFor } from './table.ts';

const group = { jid: '123@g.us', name: 'Crew', folder: 'crew', isMain: false };
let ipcFolder = '';

beforeEach(async () => {
  ipcFolder = await mkdtemp(join(tmpdir(), 'deckhand-tools-'));
  for (const name of ['messages', 'replies']) await mkdir(join(ipcFolder, name));
});
afterEach(() => rm(ipcFolder, { recursive: true }));

/** Plays the host for one request and resolves with it. */
function answerOnce(): Promise<unknown> {
  const folder = join(ipcFolder, 'messages');
  return new Promise((resolve, reject) => {
    const watcher = watch(folder, (_event, name) => {
      if (!name?.endsWith('.json') || name.startsWith('.')) return;
      watcher.close();
      reply(name).then(resolve, reject);
    });
  });
}

async function reply(name: string): Promise<unknown> {
  const request: unknown = JSON.parse(await readFile(join(ipcFolder, 'messages', name), 'utf8'));
  const path = join(ipcFolder, 'replies', name);
  const answer = { ok: true, requestId: name, messageId: '3EB0' };
  await writeFile(`${path}.tmp`, JSON.stringify(answer));
  await rename(`${path}.tmp`, path);
  return request;
}

test.each([
  ['reply_to_message', { messageId: 'M', text: 'yes', mentions: ['5@lid'] }, messageCommandSchema],
  ['react', { messageId: 'M', emoji: '👍' }, reactionCommandSchema],
  ['edit_message', { messageId: 'M', text: 'new' }, editCommandSchema],
  ['send_file', { path: 'a.pdf', caption: 'c', fileName: 'b.pdf' }, fileCommandSchema],
  ['send_file', { path: 'a.mp4', isVideo: true }, fileCommandSchema],
  ['send_image', { path: 'out/a.png' }, fileCommandSchema],
  ['send_voice', { path: 'a.ogg' }, fileCommandSchema],
])('%s with %j asks the host for what it accepts', async (name, input, schema) => {
  const tool = toolsFor(group).find((one) => one.name === name);
  const asked = answerOnce();
  const outcome = await tool?.call(input, { group, ipcFolder });
  expect(outcome).toMatchObject({ isError: false, text: expect.stringContaining('accepted') });
  expect(schema.parse(await asked)).toMatchObject({ chatJid: '123@g.us' });
});
