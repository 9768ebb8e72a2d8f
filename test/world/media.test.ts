import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { IpcReply } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isErrno } from '../../src/errno.ts';
import { hostPaths } from '../../src/paths.ts';
import { projectRoot } from '../docker/engine.ts';
import { BY_NETWORK } from '../fakes/by-network.ts';
import { answer, FakeRunner } from '../fakes/fake-runner.ts';
import type { Group, Phone } from '../loopback/whatsapp/server.ts';
import { LoopbackWorld } from './loopback-world.ts';
import { LOOPBACK_REACH } from './model-reach.ts';

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1A\n', 'latin1'), Buffer.alloc(100)]);
const signal = new AbortController().signal;
const trusted = getCACertificates('default');

let world: LoopbackWorld;
let runner: FakeRunner;
let ana: Phone;
let group: Group;

beforeEach(async () => {
  runner = new FakeRunner();
  world = await LoopbackWorld.start({
    runtime: 'process',
    reach: LOOPBACK_REACH,
    projectRoot,
    agents: {
      runner,
      ...BY_NETWORK,
      handOver: () => Promise.resolve(),
      prepare: () => Promise.resolve(),
    },
  });
  setDefaultCACertificates([...trusted, world.whatsapp.media.certificate]);
  await world.link(signal);
  ana = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  group = world.whatsapp.addGroup({ subject: 'Family', members: [ana] });
  await world.startHost(signal);
  const registration = { jid: group.jid, name: 'Family', folder: 'family' };
  await world.app.registrations.add(registration, signal);
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  setDefaultCACertificates(trusted);
});

/** Writes a request as an agent does and resolves with the reply. */
async function request(name: string, content: object): Promise<IpcReply> {
  const ipc = hostPaths(world.config.home).ipc('family');
  const path = join(ipc, 'messages', name);
  await writeFile(`${path}.tmp`, JSON.stringify({ chatJid: group.jid, ...content }));
  await rename(`${path}.tmp`, path);
  for (;;) {
    try {
      return JSON.parse(await readFile(join(ipc, 'replies', name), 'utf8'));
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      await new Promise(setImmediate);
    }
  }
}

test('a picture goes from a phone to the agent, and a file of the agent back to the phone', async () => {
  const picture = { kind: 'image', bytes: PNG, mimetype: 'image/svg+xml' } as const;
  const { id } = await ana.sendMedia(group, { ...picture, caption: '@Assistant what is this?' });
  const run = await runner.waitForRun(1);
  const folder = hostPaths(world.config.home).groupFolder('family');
  const [image] = run.request.images ?? [];
  expect(image).toMatch(/^media\/[\d-]{10}-[0-9a-f]{12}\.png$/);
  expect(await readFile(join(folder, image ?? ''))).toEqual(PNG);

  await writeFile(join(folder, 'report.pdf'), '%PDF-1.7 the report');
  const file = { type: 'file', path: 'report.pdf', kind: 'document', caption: 'done' };
  expect(await request('one.json', file)).toMatchObject({ ok: true });
  const seen = await ana.waitForMessage((message) => message.text === 'done');
  expect((await ana.download(seen)).toString()).toBe('%PDF-1.7 the report');
  expect(seen.content.documentMessage?.fileName).toBe('report.pdf');

  await request('two.json', { type: 'reaction', messageId: id, emoji: '👀' });
  await request('three.json', { type: 'message', text: 'a cta', replyTo: id });
  const reply = await ana.waitForMessage((message) => message.text === 'a cta');
  expect(reply.quotedId).toBe(id);
  await request('four.json', { type: 'edit', messageId: reply.id, text: 'a cat' });
  await ana.waitForMessage((message) => message.edits === 1 && message.text === 'a cat');
  const outside = await request('five.json', { ...file, path: '../../data/deckhand.db' });
  expect(outside).toMatchObject({ ok: false, code: 'unsafe_file' });
  run.end(answer('It is a cat.'));
  await ana.waitForMessage((message) => message.text === 'It is a cat.');
});
