import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { RunningCommand } from '../e2e/commands.ts';
import { decideInBrowser } from '../loopback/oauth/browser.ts';
import { listenOn } from './listen-on.ts';
import { CLAUDE_KEY, SetupWorld } from './setup-world.ts';

const PHONE = '+1 555 000 0001';
const CODE = /enter: (\w{4})-(\w{4})/;

test('nonsense at any question is answered with a sentence and asked again', async () => {
  await using world = await SetupWorld.start();
  const { whatsapp } = world;
  const ana = whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  for (let number = 1; number <= 20; number += 1) {
    whatsapp.addGroup({ subject: `Team ${number}`, members: [ana] });
  }
  whatsapp.addGroup({ subject: 'Evil \u202e\u001b[31m group', members: [ana] });
  const terminal = world.open('--no-service');
  await terminal.waitFor('Who is to answer?');
  for (const nonsense of ['0', '4', 'claude please', '-1', '1.5', '\u00e9\u4e16']) {
    terminal.enter(nonsense);
    await terminal.waitFor('Please type a number from 1 to 3');
  }
  terminal.enter('1');
  await terminal.answer('not shown)', 'hunter2');
  await terminal.answer(/too short for a key[^]*Enter to try again/);
  await terminal.answer('not shown)', CLAUDE_KEY);
  await terminal.answer('link the phone?', '2');
  await terminal.answer('country code', 'my phone');
  await terminal.answer('This cannot be: a phone number has only digits', '0151 234567');
  await terminal.answer('This cannot be: write the number with its country code', PHONE);
  const [, one = '', two = ''] = await terminal.waitFor(CODE);
  await whatsapp.enterPairingCode(one + two);
  await terminal.waitFor('… and 7 more');
  terminal.enter('99');
  await terminal.answer('There is no such number', 'zebra');
  await terminal.answer('No chat is called like that', 'team 1');
  await terminal.waitFor('"Team 1"');
  terminal.enter('self');
  await terminal.answer('answer first?', 'evil');
  await terminal.answer(/1 {2}"Evil \\u\{202e\}\\u\{1b\}\[31m group"/, '1');
  await terminal.waitFor('What to do next');
  expect(await terminal.end()).toBe(0);
  expect(terminal.raw).not.toContain('\u202e');
  expect(terminal.shown).not.toContain(CLAUDE_KEY);
});

test('a name that more than one chat has is chosen among them', async () => {
  await using world = await SetupWorld.start({ env: { ANTHROPIC_API_KEY: CLAUDE_KEY } });
  const { whatsapp } = world;
  const ana = whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  const twins = [1, 2].map(() => whatsapp.addGroup({ subject: 'Twins', members: [ana] }));
  const terminal = world.open('--phone', PHONE, '--main', 'self', '--no-service');
  const [, one = '', two = ''] = await terminal.waitFor(CODE);
  await whatsapp.enterPairingCode(one + two);
  await terminal.answer('answer first?', 'twins');
  await terminal.answer(/1 {2}"Twins"\s+2 {2}"Twins"/, '2');
  expect(await terminal.end()).toBe(0);

  const again = await world.run([
    'setup',
    '--force-step',
    'group',
    '--group',
    'Twins',
    '--no-service',
  ]);
  expect(again.code).toBe(0);
  const registered = Object.keys(JSON.parse(readFileSync(world.paths.registrations, 'utf8')));
  expect(registered.toSorted()).toEqual(
    [whatsapp.owner.jid, ...twins.map(({ jid }) => jid)].toSorted(),
  );
});

test('a wrong code on the phone ends nothing: the right one is taken afterwards', async () => {
  await using world = await SetupWorld.start({ env: { ANTHROPIC_API_KEY: CLAUDE_KEY } });
  const terminal = world.open(
    '--phone',
    PHONE,
    '--main',
    'self',
    '--skip',
    'group',
    '--no-service',
  );
  const [, one = '', two = ''] = await terminal.waitFor(CODE);
  await terminal.waitFor('type it there again');
  await expect(world.whatsapp.enterPairingCode('ABCDEFGH')).rejects.toThrow(/code is wrong/);
  await world.whatsapp.enterPairingCode(one + two);
  await terminal.waitFor('What to do next');
  expect(await terminal.end()).toBe(0);
});

test('a port that another program has is told, and another way of signing in can be chosen', async () => {
  await using world = await SetupWorld.start();
  const port = Number(world.env['OPENAI_CALLBACK_PORT']);
  await using _other = await listenOn(createServer(), port);
  const terminal = world.open('--provider', 'codex');
  await terminal.answer('want to sign in?', '2');
  await terminal.waitFor(new RegExp(`Another program listens on\\s+port ${port}`));
  await terminal.answer('Enter to try again');
  await terminal.answer('want to sign in?', '3');
  const [url] = await terminal.waitFor(/http:\S*\/oauth\/authorize\?\S+/);
  await terminal.answer('Paste its address here', (await decideInBrowser(url)).href);
  await terminal.waitFor('provider: done');
  terminal.interrupt();
  expect(await terminal.end()).toBe(130);
});

test('WhatsApp that cannot be reached is told, and linked when it can', async () => {
  await using world = await SetupWorld.start({ env: { ANTHROPIC_API_KEY: CLAUDE_KEY } });
  await world.whatsapp.faults.refuseConnections(true);
  const terminal = world.open(
    '--phone',
    PHONE,
    '--main',
    'self',
    '--skip',
    'group',
    '--no-service',
  );
  await terminal.waitFor(/WhatsApp cannot be reached[^]*Check the network/);
  await terminal.waitFor('Enter to try again');
  await world.whatsapp.faults.refuseConnections(false);
  terminal.enter();
  const [, one = '', two = ''] = await terminal.waitFor(CODE);
  await world.whatsapp.enterPairingCode(one + two);
  await terminal.waitFor('What to do next');
  expect(await terminal.end()).toBe(0);
});

test('while the host runs nothing is sent or linked beside it, and a chat can still be registered', async ({
  signal,
}) => {
  await using world = await SetupWorld.start({ env: { ANTHROPIC_API_KEY: CLAUDE_KEY } });
  const { whatsapp } = world;
  const ana = whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  const family = whatsapp.addGroup({ subject: 'Family', members: [ana] });
  const args = [
    '--phone',
    PHONE,
    '--main',
    'self',
    '--skip',
    'group',
    '--skip',
    'test',
    '--no-service',
  ];
  const first = world.open(...args);
  const [, one = '', two = ''] = await first.waitFor(CODE);
  await whatsapp.enterPairingCode(one + two);
  expect(await first.end()).toBe(0);
  await using host = new RunningCommand(['start'], world.env);
  await whatsapp.waitForConnection(signal);
  const noticed = host.waitForLog(/registrations changed/);
  const second = await world.run(['setup', '--group', 'Family', '--no-service']);
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('the host is running') });
  expect(second.stdout).not.toContain('Start it');
  await noticed;
  await ana.sendText(family, '@Assistant hello');
  await ana.waitForMessage(({ fromCompanion, text }) => fromCompanion && text !== '', signal);
  host.kill('SIGTERM');
  await host.ended;
});

test('without a terminal a phone is linked by the events, and names that mean no chat are refused', async ({
  signal,
}) => {
  await using world = await SetupWorld.start();
  const { whatsapp, oauth } = world;
  const ana = whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  whatsapp.addGroup({ subject: 'Family', members: [ana] });
  const sign = ['--provider', 'codex', '--import', await world.writeCodexSignIn()];
  const args = ['setup', '--json', ...sign, '--qr', '--main', 'self', '--no-service'];
  await using setup = new RunningCommand([...args, '--group', 'Famly'], world.env);
  const qr = JSON.parse(await setup.waitForLine(/"event":"qr"/));
  await whatsapp.scanQr(qr.text);
  const { code, stdout } = await setup.ended;
  expect(code).toBe(2);
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    step: 'group',
    status: 'failed',
    detail: expect.stringContaining('"Famly"'),
  });
  const { code: end, stdout: events } = await world.run([...args, '--group', 'family']);
  expect(end).toBe(0);
  const parsed = events
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const ends = parsed.filter(({ status }) => status !== undefined && status !== 'started');
  expect(ends.map(({ step, status }) => `${step} ${status}`)).toEqual([
    'machine ready',
    'docker ready',
    'folders ready',
    'image ready',
    'provider ready',
    'link ready',
    'main ready',
    'group done',
    'test done',
    'service left_out',
  ]);
  expect(parsed.at(-1)).toMatchObject({
    event: 'end',
    next: [/start/, /Family/, /doctor/].map((part) => expect.stringMatching(part)),
  });
  expect(oauth.counts.reuses).toBe(0);
  const registered = JSON.parse(readFileSync(world.paths.registrations, 'utf8'));
  expect(registered[whatsapp.owner.jid]).toMatchObject({ provider: 'codex', isMain: true });
  await using host = new RunningCommand(['start'], world.env);
  await whatsapp.waitForConnection(signal);
  host.kill('SIGTERM');
  expect(await host.ended).toMatchObject({ code: 0 });
});
