import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { InboundMessage } from '../../core/message.ts';
import { displayWidth } from '../../core/terminal-text.ts';
import { createInbox } from '../../db/inbox.ts';
import { type CliWorld, createCliWorld, NOW } from '../cli-world.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

const fileSchema = z.object({ '1@g.us': z.looseObject({}) });

function stored(): Record<string, unknown> {
  return fileSchema.parse(JSON.parse(readFileSync(world.paths.registrations, 'utf8')))['1@g.us'];
}

function set(...args: string[]) {
  return world.run('groups', 'set', 'one', ...args);
}

function register(part: object = {}): void {
  world.register({ '1@g.us': { name: 'One', folder: 'one', ...part } });
}

function receive(senderJid: string): void {
  const message: InboundMessage = {
    chatJid: '1@g.us',
    senderJid,
    senderName: 'Somebody',
    id: senderJid,
    sentAt: NOW,
    text: 'hello',
    isFromMe: false,
    isGroup: true,
    mentions: [],
  };
  world.fill((db) => createInbox(db).insert(message, 'not_addressed', NOW));
}

test('a group is registered with who may ask, its admins, its budget and its receipts', async () => {
  const { code, stdout } = await world.run(
    'groups',
    'add',
    '1@g.us',
    '--name',
    'One',
    '--allow',
    '+49 151 12345678',
    '--allow',
    '77@lid',
    '--others',
    'drop',
    '--admin',
    '4915100000000@s.whatsapp.net',
    '--runs-per-day',
    '20',
    '--tokens-per-day',
    '250000',
    '--no-receipts',
  );
  expect(code).toBe(0);
  expect(stored()).toMatchObject({
    senders: { allow: ['+49 151 12345678', '77@lid'], mode: 'drop' },
    admins: ['4915100000000@s.whatsapp.net'],
    budget: { runsPerDay: 20, tokensPerDay: 250_000 },
    receipts: false,
  });
  expect(stdout).toContain(`  may be asked by +49 151 12345678, 77@lid
  nothing is kept of others
  admin 4915100000000@s.whatsapp.net
  at most 20 runs and 250,000 tokens a day
  shows no receipts
`);
});

test('people are added to the list and taken off it, in whatever form their number is given', async () => {
  register({ senders: { allow: ['+49 151 12345678'], mode: 'drop' } });
  await set('--allow', '0049 151 12345678', '--allow', '77@lid');
  const both = { allow: ['+49 151 12345678', '77@lid'], mode: 'drop' };
  expect(stored()['senders']).toEqual(both);
  await set('--disallow', '4915112345678@s.whatsapp.net', '--others', 'context');
  expect(stored()['senders']).toEqual({ allow: ['77@lid'], mode: 'trigger' });
  await set('--allow-everybody');
  expect(stored()).toEqual({ name: 'One', folder: 'one' });
});

test('a list is shown whole within 80 columns, no number is parted', async () => {
  const allow = Array.from({ length: 12 }, (_, index) => `+49 151 123456${10 + index}`);
  register({ senders: { allow }, admins: allow, budget: { tokensPerDay: 1 } });
  const { stdout } = await world.run('groups', 'list');
  for (const person of allow) expect(stdout.split(person)).toHaveLength(3);
  for (const line of stdout.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  expect(stdout).toContain('at most 1 token a day');
});

test('a number is taken off the list in the spelling that WhatsApp has as well', async () => {
  register({ senders: { allow: ['+55 11 98765-4321', '77@lid'] } });
  await set('--disallow', '551187654321@s.whatsapp.net');
  expect(stored()['senders']).toMatchObject({ allow: ['77@lid'] });
});

test('admins are added, and replaced when the earlier ones are taken away at once', async () => {
  register({ admins: ['+49 151 11111111'] });
  await set('--admin', '+49 151 22222222');
  expect(stored()['admins']).toEqual(['+49 151 11111111', '+49 151 22222222']);
  await set('--no-admins', '--admin', '+49 151 33333333');
  expect(stored()['admins']).toEqual(['+49 151 33333333']);
  await set('--no-admins');
  expect(stored()).toEqual({ name: 'One', folder: 'one' });
});

test('limits change one by one, and go away together', async () => {
  register({ budget: { runsPerDay: 5 } });
  await set('--tokens-per-day', '1000');
  expect(stored()['budget']).toEqual({ runsPerDay: 5, tokensPerDay: 1_000 });
  expect((await set('--runs-per-day', '0')).stdout).toContain('paused by a budget of 0');
  await set('--no-budget', '--runs-per-day', '1');
  expect(stored()['budget']).toEqual({ runsPerDay: 1 });
  expect((await world.run('groups', 'list')).stdout).toContain('at most 1 run a day');
  await set('--no-budget', '--receipts');
  expect(stored()).toEqual({ name: 'One', folder: 'one', receipts: true });
});

test('rates are set one by one, said in the list, and go back to those of the installation together', async () => {
  register();
  await set('--person-rate', '5/1m');
  expect(stored()['limits']).toEqual({ sender: '5/1m' });
  await set('--group-rate', 'off');
  expect(stored()['limits']).toEqual({ sender: '5/1m', group: 'off' });
  expect((await world.run('groups', 'list')).stdout).toContain(
    'may be asked at most 5/1m by each person, without a limit by all together',
  );
  await set('--default-rates', '--group-rate', '60/1h');
  expect(stored()['limits']).toEqual({ group: '60/1h' });
  await set('--default-rates');
  expect(stored()).toEqual({ name: 'One', folder: 'one' });
});

test('options that are not given change nothing', async () => {
  const access = {
    senders: { allow: ['77@lid'], mode: 'drop' },
    admins: ['77@lid'],
    budget: { runsPerDay: 5 },
    limits: { sender: '5/1m' },
    receipts: false,
  };
  register(access);
  await set('--name', 'Two');
  expect(stored()).toEqual({ name: 'Two', folder: 'one', ...access });
});

test.for([
  [['--allow', '0151 1234'], '--allow: must be a phone number with its country code'],
  [['--admin', 'Ana'], '--admin: must be a phone number with its country code'],
  [['--runs-per-day', 'many'], '--runs-per-day: must be a whole number, 0 or more'],
  [['--runs-per-day', '1.5'], '--runs-per-day: must be a whole number, 0 or more'],
  [['--tokens-per-day', '-3'], '--tokens-per-day: must be a whole number, 0 or more'],
  [['--person-rate', '5'], '--person-rate: must be like 30/10m'],
  [['--group-rate', '5/1d'], '--group-rate: must be like 30/10m'],
  [['--others', 'drop'], 'name with --allow who may'],
  [['--others', 'forget', '--allow', '77@lid'], 'Allowed choices are context, drop'],
  [['--disallow', '77@lid'], 'name with --allow who may'],
  [['--allow', '77@lid', '--disallow', '78@lid'], '"78@lid" is not on the list'],
  [['--allow', '77@lid', '--allow-everybody'], 'leave out --allow'],
] as const)('%j is refused, and says what to do', async ([args, message]) => {
  register();
  const { code, stderr } = await set(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stored()).toEqual({ name: 'One', folder: 'one' });
});

test('a list on which nobody is known in the chat is saved with a warning that names who is', async () => {
  register();
  receive('4915112345678@s.whatsapp.net');
  const wrong = await set('--allow', '+49 151 12345679');
  expect(wrong.code).toBe(0);
  expect(wrong.stdout).toContain(
    'Nobody on the list has written in this chat so far. These have:\n  4915112345678@s.whatsapp.net\n',
  );
  const right = await set('--allow', '+49 151 12345678');
  expect(right.stdout).not.toContain('Nobody');
});

test('in a chat of which nothing is known there is no warning, and an empty list has one', async () => {
  register();
  expect((await set('--allow', '77@lid')).stdout).not.toContain('Nobody');
  expect((await set('--disallow', '77@lid')).stdout).toContain(
    'Nobody but your own phone may ask here now.',
  );
});
