import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { InboundMedia } from '../../src/core/inbound-media.ts';
import type { DownloadOutcome } from '../../src/ports.ts';
import { answer } from '../fakes/fake-runner.ts';
import { NO_GATEWAY } from '../fakes/no-gateway.ts';
import { FAMILY, MAIN, WORK, World } from './world.ts';

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1A\n', 'latin1'), Buffer.alloc(8)]);
const picture: InboundMedia = { kind: 'image', fileName: '../../x.html', source: 'S1' };

function downloaded(bytes: Buffer = PNG): DownloadOutcome {
  return { status: 'downloaded', bytes };
}

function mediaFolder(world: World): string {
  return join(world.folder, 'groups', 'family', 'media');
}

test('a picture is stored under a name of ours, announced in the prompt and handed to the model', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.channel.respondToDownload = () => downloaded();
  world.runner.respond = () => answer('ok');
  engine.ingest(world.message({ media: picture }));
  const { request } = await world.runner.waitForRun(1);
  const [name] = readdirSync(mediaFolder(world));
  expect(name).toMatch(/^2026-11-21-[0-9a-f]{12}\.png$/);
  expect(readFileSync(join(mediaFolder(world), name ?? ''))).toEqual(PNG);
  expect(request.images).toEqual([`media/${name}`]);
  expect(request.prompt).toContain(
    `<attachment kind="image" file="media/${name}" type="image/png" bytes="16" name="../../x.html"/>`,
  );
});

test('a run waits for the file of its message', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const arrival = Promise.withResolvers<DownloadOutcome>();
  world.channel.respondToDownload = () => arrival.promise;
  engine.ingest(world.message({ media: picture }));
  await new Promise(setImmediate);
  expect(world.runner.runs).toEqual([]);
  arrival.resolve(downloaded());
  const run = await world.runner.waitForRun(1);
  expect(run.request.images).toHaveLength(1);
  run.end(answer('ok'));
  await engine.idle();
});

test('a download that an earlier host did not finish is taken up by the next one', async () => {
  await using world = new World();
  world.startHost();
  world.channel.respondToDownload = () => new Promise(() => {});
  world.engine?.ingest(world.message({ media: picture }));
  await new Promise(setImmediate);
  expect(world.channel.downloads).toEqual(['S1']);
  world.crash();
  const engine = world.startHost();
  world.channel.respondToDownload = () => downloaded();
  world.runner.respond = () => answer('ok');
  world.open();
  await engine.idle();
  expect(world.runner.runs[0]?.request.images).toHaveLength(1);
});

test('a run whose host stops while it waits for a file is left to the next host, though its door is closed by then', async () => {
  await using world = new World();
  const closed = () => Promise.reject(new Error('the gateway is closed'));
  world.gateway = { ...NO_GATEWAY, serves: () => true, admit: closed };
  world.startHost();
  world.open();
  world.channel.respondToDownload = () => new Promise(() => {});
  world.engine?.ingest(world.message({ media: picture }));
  await new Promise(setImmediate);
  world.engine?.stop();
  await new Promise(setImmediate);
  world.crash();
  world.gateway = NO_GATEWAY;
  const engine = world.startHost();
  world.channel.respondToDownload = () => downloaded();
  world.runner.respond = () => answer('seen');
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual(['seen']);
});

test.each([
  [
    { status: 'failed', reason: 'it is damaged', isFinal: true },
    'the download failed: it is damaged',
  ],
  [{ status: 'too_large' }, 'too large: at most 16 MiB are taken'],
] as const)('%j is said in the prompt', async (outcome, words) => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.channel.respondToDownload = () => outcome;
  world.runner.respond = () => answer('ok');
  engine.ingest(world.message({ media: picture }));
  await engine.idle();
  const request = world.runner.runs[0]?.request;
  expect(request?.prompt).toContain(`<attachment kind="image" missing="${words}"`);
  expect(request?.images).toBeUndefined();
});

test('a file that is announced as too large is not even asked for', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('ok');
  engine.ingest(world.message({ media: { ...picture, byteSize: 17 * 1024 * 1024 } }));
  await engine.idle();
  expect(world.channel.downloads).toEqual([]);
  expect(world.runner.runs[0]?.request.prompt).toContain('too large');
});

test('a failing download is tried again, and then the run goes on without it', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const outcomes: DownloadOutcome[] = [{ status: 'failed', reason: 'no answer', isFinal: false }];
  world.channel.respondToDownload = () => outcomes.shift() ?? downloaded();
  world.runner.respond = () => answer('ok');
  engine.ingest(world.message({ media: picture }));
  await world.passWaits(1_000);
  await engine.idle();
  expect(world.channel.downloads).toEqual(['S1', 'S1']);
  expect(world.runner.runs[0]?.request.images).toHaveLength(1);
});

test('an agent that puts a link in the place of the media folder gets no file there', async () => {
  await using world = new World();
  const engine = world.startHost();
  const outside = join(world.folder, 'outside');
  mkdirSync(outside);
  mkdirSync(join(world.folder, 'groups', 'family'), { recursive: true });
  symlinkSync(outside, mediaFolder(world));
  world.open();
  world.channel.respondToDownload = () => downloaded();
  engine.ingest(world.message({ media: picture, text: 'no trigger' }));
  await engine.idle();
  expect(readdirSync(outside)).toEqual([]);
});

test('a file of a message that asks for nothing is there when somebody asks', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.channel.respondToDownload = () => downloaded(Buffer.from('%PDF-1.7'));
  world.runner.respond = () => answer('ok');
  const media = { kind: 'document', source: 'S1', fileName: 'a"b<c>.pdf' } as const;
  engine.ingest(world.message({ media, text: '[document]' }));
  await engine.idle();
  engine.ingest(world.message());
  await engine.idle();
  const request = world.runner.runs[0]?.request;
  expect(request?.prompt).toMatch(
    /<attachment kind="document" file="media\/[\w.-]+\.pdf" type="application\/pdf" bytes="8" name="a&quot;b&lt;c&gt;\.pdf"\/>/,
  );
  expect(request?.images).toBeUndefined();
});

/** Downloads that end when the test says so. */
class SlowServer {
  readonly #going = new Map<string, (outcome: DownloadOutcome) => void>();
  readonly #told: string[] = [];
  #onAsked: (() => void) | undefined;

  constructor(world: World) {
    world.channel.respondToDownload = (source) => {
      this.#told.push(source);
      this.#onAsked?.();
      return new Promise((resolve) => this.#going.set(source, resolve));
    };
  }

  get going(): string[] {
    return [...this.#going.keys()];
  }

  /** The next one that is asked for. */
  async asked(): Promise<string | undefined> {
    if (this.#told.length === 0)
      await new Promise<void>((resolve) => {
        this.#onAsked = resolve;
      });
    return this.#told.shift();
  }

  end(source: string): void {
    this.#going.get(source)?.(downloaded());
    this.#going.delete(source);
  }

  [Symbol.dispose](): void {
    for (const source of this.going) this.end(source);
  }
}

test('a flood of files in one chat delays the files of no other one, and two are brought at a time', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.runner.respond = () => answer('ok');
  using server = new SlowServer(world);
  const send = (chatJid: string, source: string) =>
    engine.ingest(world.message({ chatJid, text: 'look', media: { kind: 'image', source } }));
  for (let sent = 1; sent <= 20; sent++) send(FAMILY, `family ${sent}`);
  send(WORK, 'work');
  send(MAIN, 'main');
  expect(await server.asked()).toBe('family 1');
  expect(await server.asked()).toBe('work');
  server.end('work');
  expect(await server.asked()).toBe('main');
  server.end('family 1');
  expect(await server.asked()).toBe('family 2');
  expect(server.going).toEqual(['main', 'family 2']);
  server.end('main');
  server.end('family 2');
  for (let sent = 3; sent <= 20; sent++) {
    expect(await server.asked()).toBe(`family ${sent}`);
    expect(server.going).toHaveLength(1);
    server.end(`family ${sent}`);
  }
  await engine.idle();
  expect(readdirSync(mediaFolder(world))).toHaveLength(20);
});

test('a file that fails holds up no other file of its chat', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const [bad, good] = ['bad', 'good'] as const;
  world.channel.respondToDownload = (source) =>
    source === bad ? { status: 'failed', reason: 'no answer', isFinal: false } : downloaded();
  for (const source of [bad, good])
    engine.ingest(world.message({ text: 'look', media: { kind: 'image', source } }));
  await engine.idle();
  expect(world.channel.downloads).toEqual([bad, good]);
  expect(readdirSync(mediaFolder(world))).toHaveLength(1);
});
