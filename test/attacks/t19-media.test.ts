import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeMediaFile } from '../../src/media/media-folder.ts';
import { FAMILY, group, WORK, World } from '../engine/world.ts';
import { answer } from '../fakes/fake-runner.ts';
import { HOSTILE_FILE_NAMES, MEDIA_BOMB } from './hostile-media.ts';

function openWorld() {
  const world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('ok');
  return { world, engine };
}

test('T19: files get names of the host, whatever their senders call them', async () => {
  const { world, engine } = openWorld();
  await using _ = world;
  world.channel.respondToDownload = (source) => ({
    status: 'downloaded',
    bytes: Buffer.concat([MEDIA_BOMB, Buffer.from(source)]),
  });
  for (const [index, fileName] of HOSTILE_FILE_NAMES.entries()) {
    engine.ingest(world.message({ media: { kind: 'document', fileName, source: `S${index}` } }));
  }
  await engine.idle();
  const groups = join(world.folder, 'groups');
  expect(readdirSync(groups)).toEqual(['family']);
  expect(readdirSync(join(groups, 'family'))).toEqual(['media']);
  const stored = readdirSync(join(groups, 'family', 'media'));
  expect(stored).toHaveLength(HOSTILE_FILE_NAMES.length);
  for (const name of stored) expect(name).toMatch(/^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]+\.png$/);
});

test('T19: a picture that would be gigantic is kept as the bytes that came', async () => {
  const { world, engine } = openWorld();
  await using _ = world;
  world.channel.respondToDownload = () => ({ status: 'downloaded', bytes: MEDIA_BOMB });
  engine.ingest(world.message({ media: { kind: 'image', source: 'S' } }));
  await engine.idle();
  const folder = join(world.folder, 'groups', 'family', 'media');
  const [name = ''] = readdirSync(folder);
  expect(readFileSync(join(folder, name))).toEqual(MEDIA_BOMB);
});

test('T19: of hundreds of files in many chats at once two are in memory', async () => {
  const { world, engine } = openWorld();
  await using _ = world;
  let inMemory = 0;
  let most = 0;
  world.channel.respondToDownload = async () => {
    inMemory += 1;
    most = Math.max(most, inMemory);
    await new Promise(setImmediate);
    inMemory -= 1;
    return { status: 'failed', reason: 'gone', isFinal: true };
  };
  const third = group({ jid: '3@g.us', name: 'Third', folder: 'third' });
  world.groups.set(third.jid, third);
  for (let index = 0; index < 100; index += 1) {
    for (const chatJid of [FAMILY, WORK, third.jid]) {
      const media = { kind: 'video', source: `S${index}` } as const;
      engine.ingest(world.message({ chatJid, text: 'look', media }));
    }
  }
  await new Promise((resolve) => setImmediate(resolve));
  await engine.idle();
  expect(world.channel.downloads.length).toBeGreaterThanOrEqual(300);
  expect(most).toBe(2);
});

test('T19: what claims to be small and is not is not stored, nor what claims to be larger than is taken', async () => {
  const { world, engine } = openWorld();
  await using _ = world;
  world.channel.respondToDownload = () => ({ status: 'too_large' });
  engine.ingest(world.message({ media: { kind: 'image', byteSize: 1, source: 'lies' } }));
  engine.ingest(world.message({ media: { kind: 'image', byteSize: 2 ** 40, source: 'large' } }));
  await engine.idle();
  expect(world.channel.downloads).toEqual(['lies']);
  const states = world.db?.prepare('select state from media').pluck().all();
  expect(states).toEqual(['too_large', 'too_large']);
});

test('T19: the files of a group fill no more than the room it has', async () => {
  const { world } = openWorld();
  await using _ = world;
  const folder = join(world.folder, 'groups', 'family');
  const put = (name: string) => writeMediaFile(folder, name, Buffer.alloc(600), 1_000);
  expect(await put('a.png')).toMatchObject({ ok: true });
  expect(await put('b.png')).toMatchObject({ ok: false });
  expect(readdirSync(join(folder, 'media'))).toEqual(['a.png']);
});
