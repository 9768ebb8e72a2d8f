import { mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_FILE_BYTES } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registeredGroupSchema } from '../../core/group.ts';
import type { OutboundDraft, TargetMessage } from '../../core/message.ts';
import { openDatabase } from '../../db/database.ts';
import { createLogger } from '../../logger.ts';
import { createSpool } from '../../media/spool.ts';
import type { Command, Effect, Refusal } from '../command.ts';
import { createDestinationRules } from './destination.ts';
import { createEditCommand } from './edit.ts';
import { createFileCommand } from './file.ts';
import { createReactionCommand } from './reaction.ts';

const family = registeredGroupSchema.parse({ jid: '2@g.us', folder: 'family', name: 'family' });
const chatJid = family.jid;
const NOW = 1_000_000_000;
const targets = new Map<string, TargetMessage>([
  ['THEIRS', { quoted: { id: 'THEIRS', senderJid: '5@lid', text: 'a' }, isFromMe: false }],
  ['PHONE', { quoted: { id: 'PHONE', senderJid: '1@lid', text: 'b' }, isFromMe: true }],
  ['OURS', { quoted: { id: 'OURS', text: 'c' }, isFromMe: true, textSentAt: NOW - 60_000 }],
  ['OLD', { quoted: { id: 'OLD', text: 'd' }, isFromMe: true, textSentAt: NOW - 3_600_000 }],
]);

let home = '';
let posts: OutboundDraft[] = [];
let commands: Command[] = [];
const db = openDatabase(':memory:', []);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'deckhand-kinds-'));
  await mkdir(join(home, 'family'));
  posts = [];
  const now = () => NOW;
  const deps = {
    rules: createDestinationRules({ groups: { get: () => family }, now }),
    findMessage: (jid: string, id: string) => (jid === chatJid ? targets.get(id) : undefined),
    post: (draft: OutboundDraft) => `id ${posts.push(draft)}`,
    now,
  };
  const spool = createSpool({ root: join(home, 'spool'), logger: createLogger('silent') });
  const groupFolder = (folder: string) => join(home, folder);
  commands = [
    createReactionCommand(deps),
    createEditCommand(deps),
    createFileCommand({ ...deps, spool, groupFolder }),
  ];
});
afterEach(() => rm(home, { recursive: true }));

async function ask(request: { type: string } & Record<string, unknown>): Promise<Effect | Refusal> {
  const command = commands.find(({ type }) => type === request.type);
  const prepared = command?.prepare(family, { chatJid, ...request });
  if (prepared === undefined) throw new Error(`no command ${request.type}`);
  if (!prepared.ok) return prepared;
  const signal = new AbortController().signal;
  const ready = 'stage' in prepared ? await prepared.stage(signal) : prepared;
  return ready.ok ? ready.apply(db, { folder: 'family', requestId: 'a', acceptedAt: 1 }) : ready;
}

test('a reaction names the sender of a message of others, and nobody for one of the account', async () => {
  expect(await ask({ type: 'reaction', messageId: 'THEIRS', emoji: '❤' })).toEqual({
    messageId: 'id 1',
  });
  await ask({ type: 'reaction', messageId: 'PHONE', emoji: '👩🏽‍💻' });
  await ask({ type: 'reaction', messageId: 'OURS', emoji: '' });
  const common = { kind: 'reaction', chatJid, at: NOW };
  expect(posts).toEqual([
    { ...common, emoji: '❤', target: { id: 'THEIRS', senderJid: '5@lid' } },
    { ...common, emoji: '👩🏽‍💻', target: { id: 'PHONE' } },
    { ...common, emoji: '', target: { id: 'OURS' } },
  ]);
});

test.each([
  [{ type: 'reaction', messageId: 'NONE', emoji: '👍' }, 'unknown_message'],
  [{ type: 'reaction', messageId: 'THEIRS', emoji: 'ok' }, 'malformed'],
  [{ type: 'reaction', messageId: 'THEIRS', emoji: '👍👍' }, 'malformed'],
  [{ type: 'reaction', messageId: 'THEIRS', emoji: '👍', chatJid: '3@g.us' }, 'not_allowed'],
  [{ type: 'edit', messageId: 'NONE', text: 'x' }, 'unknown_message'],
  [{ type: 'edit', messageId: 'THEIRS', text: 'x' }, 'not_allowed'],
  [{ type: 'edit', messageId: 'PHONE', text: 'x' }, 'not_allowed'],
  [{ type: 'edit', messageId: 'OLD', text: 'x' }, 'not_allowed'],
  [{ type: 'edit', messageId: 'OURS', text: '<internal>x</internal>' }, 'malformed'],
  [{ type: 'edit', messageId: 'OURS', text: 'x', more: 1 }, 'malformed'],
  [{ type: 'file', path: '../secret', kind: 'document' }, 'unsafe_file'],
  [{ type: 'file', path: '/etc/passwd', kind: 'document' }, 'unsafe_file'],
  [{ type: 'file', path: 'none', kind: 'document' }, 'unknown_file'],
  [{ type: 'file', path: 'none', kind: 'program' }, 'malformed'],
])('%j is refused as %s', async (request, code) => {
  expect(await ask(request)).toMatchObject({ code });
  expect(posts).toEqual([]);
});

test('an edit replaces a text of ours, in the form in which texts are sent', async () => {
  await ask({ type: 'edit', messageId: 'OURS', text: '**new**' });
  const edit = { kind: 'edit', chatJid, targetId: 'OURS', text: '*new*', mentions: [], at: NOW };
  expect(posts).toEqual([edit]);
});

const OGG = Buffer.concat([
  Buffer.from(`OggS${'\0'.repeat(24)}OpusHead`, 'latin1'),
  Buffer.from('OggS\0\x04', 'latin1'),
  Buffer.from(new BigInt64Array([144_000n]).buffer),
]);

test.each([
  ['report.pdf', '%PDF-1.7', 'document', { mimetype: 'application/pdf', fileName: 'report.pdf' }],
  ['cat.png', Buffer.from('\x89PNG\r\n\x1A\n', 'latin1'), 'image', { mimetype: 'image/png' }],
  ['film', '\0\0\0\x18ftypmp42', 'video', { mimetype: 'video/mp4' }],
  ['note.ogg', OGG, 'voice', { mimetype: 'audio/ogg; codecs=opus', seconds: 3 }],
])('%s is sent by its content', async (path, content, kind, fields) => {
  await writeFile(join(home, 'family', path), content);
  await ask({ type: 'file', path, kind });
  const spoolName = expect.any(String);
  expect(posts).toEqual([{ kind: 'media', chatJid, media: kind, spoolName, ...fields }]);
});

test('what phones cannot show, links, and files beyond the limit are refused and leave no copy', async () => {
  const folder = join(home, 'family');
  await writeFile(join(folder, 'page.html'), '<script>');
  await writeFile(join(folder, 'big'), '');
  await truncate(join(folder, 'big'), MAX_FILE_BYTES.document + 1);
  await symlink('/etc/passwd', join(folder, 'link'));
  const file = { type: 'file', kind: 'document' };
  expect(await ask({ ...file, path: 'page.html', kind: 'image' })).toMatchObject({
    code: 'malformed',
    error: expect.stringContaining('JPEG or PNG'),
  });
  expect(await ask({ ...file, path: 'big' })).toMatchObject({ code: 'too_large' });
  expect(await ask({ ...file, path: 'link' })).toMatchObject({ code: 'unsafe_file' });
  expect(await readdir(join(home, 'spool'))).toEqual([]);
});

test('a caption goes along but with a voice message, and a name that shows nothing becomes "file"', async () => {
  await writeFile(join(home, 'family', '\u202e'), 'x');
  await writeFile(join(home, 'family', 'note.ogg'), OGG);
  await writeFile(join(home, 'family', 'nothing'), '');
  await ask({ type: 'file', path: '\u202e', kind: 'document', caption: 'look' });
  await ask({ type: 'file', path: '\u202e', kind: 'document', fileName: 'a.txt' });
  await ask({ type: 'file', path: 'note.ogg', kind: 'voice', caption: 'listen' });
  const [shown, named, voice] = posts;
  expect(shown).toMatchObject({ fileName: 'file', caption: 'look' });
  expect(named).toMatchObject({ fileName: 'a.txt' });
  expect(voice).not.toHaveProperty('caption');
  expect(await ask({ type: 'file', path: 'nothing', kind: 'document' })).toMatchObject({
    code: 'malformed',
  });
});
