import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SeenMessage } from '../loopback/whatsapp/server.ts';
import { ScriptedEngine } from './scripted-engine.ts';
import type { SetupTerminal } from './setup-terminal.ts';
import { CLAUDE_KEY, SetupWorld } from './setup-world.ts';

/** Many starts of the program one after the other. */
const MANY_STARTS_MS = 300_000;

/** A place at which a person can be interrupted, and how it is passed. */
interface Point {
  readonly shown: RegExp;
  pass(terminal: SetupTerminal, found: RegExpExecArray): Promise<void> | void;
}

interface Stage {
  readonly points: readonly Point[];
  /** Resolves in the middle of what the step does by itself. */
  readonly during?: () => Promise<unknown>;
  readonly done: RegExp;
}

const isGreeting = ({ fromCompanion }: SeenMessage) => fromCompanion;
const enter = (shown: RegExp, line: string): Point => ({ shown, pass: (t) => t.enter(line) });

function stagesOf({ whatsapp }: SetupWorld): Stage[] {
  return [
    {
      points: [enter(/Who is to answer\?/, '1'), enter(/not shown\)/, CLAUDE_KEY)],
      done: /provider: done/,
    },
    {
      points: [
        enter(/link the phone\?/, '2'),
        enter(/country code/, '+1 555 000 0001'),
        {
          shown: /enter: (\w{4})-(\w{4})/,
          pass: (_terminal, [, one = '', two = '']) => whatsapp.enterPairingCode(one + two),
        },
      ],
      done: /link: done/,
    },
    { points: [enter(/The main chat may manage/, '')], done: /main: done/ },
    { points: [enter(/answer first\?/, '1')], done: /group: done/ },
    {
      points: [],
      // The message reaches the phone, and its ack is lost.
      during() {
        whatsapp.faults.dropAcks = 1;
        return whatsapp.owner.waitForMessage(isGreeting);
      },
      done: /test: done/,
    },
  ];
}

async function passAll(terminal: SetupTerminal, points: readonly Point[]): Promise<void> {
  for (const point of points) await point.pass(terminal, await terminal.waitFor(point.shown));
}

const stops: [string, (terminal: SetupTerminal) => void, number][] = [
  ['Ctrl-C', (terminal) => terminal.interrupt(), 130],
  ['SIGKILL', (terminal) => terminal.kill('SIGKILL'), 137],
];

test.for(stops)(
  'after %s at any question the next run goes on there and ends well',
  { timeout: MANY_STARTS_MS },
  async ([name, stop, code]) => {
    await using world = await SetupWorld.start();
    const { whatsapp } = world;
    const ana = whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
    const family = whatsapp.addGroup({ subject: 'Family', members: [ana] });
    const stopAt = async (terminal: SetupTerminal) => {
      stop(terminal);
      expect(await terminal.end()).toBe(code);
      if (name === 'Ctrl-C') expect(terminal.shown).toContain('it goes on here');
    };
    for (const { points, during, done } of stagesOf(world)) {
      for (const [index, point] of points.entries()) {
        const terminal = world.open();
        await passAll(terminal, points.slice(0, index));
        await terminal.waitFor(point.shown);
        await stopAt(terminal);
      }
      if (during !== undefined) {
        const terminal = world.open();
        await during();
        await stopAt(terminal);
      }
      const terminal = world.open();
      await passAll(terminal, points);
      await terminal.waitFor(done);
      await stopAt(terminal);
    }
    const last = world.open();
    await last.waitFor('What to do next');
    expect(await last.end()).toBe(0);
    expect(last.shown).not.toMatch(/: (done|failed)\n/);

    const registered = JSON.parse(readFileSync(world.paths.registrations, 'utf8'));
    expect(Object.keys(registered)).toEqual([whatsapp.owner.jid, family.jid]);
    const greetings = whatsapp.owner.seen.filter(isGreeting);
    expect(greetings).toHaveLength(1);
    expect(whatsapp.counts.protocolErrors).toEqual([]);
  },
);

test('a kill right after the phone has linked leaves a link, or one that can be made', async ({
  signal,
}) => {
  await using world = await SetupWorld.start({ env: { ANTHROPIC_API_KEY: CLAUDE_KEY } });
  const args = ['--phone', '+1 555 000 0001', '--main', 'self', '--skip', 'group', '--no-service'];
  const first = world.open(...args);
  const [, one = '', two = ''] = await first.waitFor(/enter: (\w{4})-(\w{4})/);
  await world.whatsapp.enterPairingCode(one + two, signal);
  first.kill('SIGKILL');
  await first.end();
  const second = world.open(...args);
  const [, again] = await second.waitFor(/link: ok|enter: (\w{4}-\w{4})/);
  if (again !== undefined) await world.whatsapp.enterPairingCode(again.replace('-', ''), signal);
  await second.waitFor('What to do next');
  expect(await second.end()).toBe(0);
});

test('Ctrl-C and an engine that stops during the build leave nothing in the way of the next one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deckhand-engine-'));
  const socketPath = join(folder, 'docker.sock');
  await using engine = new ScriptedEngine(socketPath);
  const env = { DOCKER_HOST: `unix://${socketPath}`, CONTAINER_IMAGE: 'setup-test:latest' };
  await using world = await SetupWorld.start({ runtime: 'docker', env });
  engine.isStalling = true;

  const first = world.open();
  await first.answer(/docker: failed[^]*Start the engine at[^]*Enter to try again/, 'q');
  expect(await first.end()).toBe(3);

  await engine.start();
  const second = world.open();
  await second.waitFor('Step 1/2');
  second.interrupt();
  expect(await second.end()).toBe(130);

  const third = world.open();
  await third.waitFor('Step 1/2');
  await engine.stop();
  await third.waitFor(/image: failed[^]*Docker[^]*Enter to try again/);
  third.enter();
  await third.waitFor(/image: failed[^]*Docker[^]*Enter to try again/);
  await engine.start();
  engine.isStalling = false;
  third.enter();
  await third.waitFor(/image: done\s+setup-test:latest is built/);
  await third.waitFor('Who is to answer?');
  third.interrupt();
  expect(await third.end()).toBe(130);

  const fourth = world.open();
  await fourth.waitFor(/image: ok\s+setup-test:latest is up to date/);
  expect(engine.builds).toBe(3);
  rmSync(folder, { recursive: true });
});

test('a sign-in by code that was interrupted is begun again with another code', async () => {
  await using world = await SetupWorld.start();
  const first = world.open('--provider', 'codex', '--device');
  const [unused] = await first.waitFor(/^ {2}[A-Z]{4}-[A-Z]{5}$/m);
  first.interrupt();
  expect(await first.end()).toBe(130);
  const second = world.open('--provider', 'codex', '--device');
  const [code] = await second.waitFor(/^ {2}[A-Z]{4}-[A-Z]{5}$/m);
  expect(code).not.toBe(unused);
  world.oauth.approveUserCode(code.trim());
  await second.waitFor('provider: done');
  second.interrupt();
  expect(await second.end()).toBe(130);
  const stored = readFileSync(join(world.paths.credentials, 'openai-codex.json'), 'utf8');
  expect(JSON.parse(stored)).toMatchObject({ source: 'device' });
});
