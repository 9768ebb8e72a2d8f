import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { hostPaths } from '../../src/paths.ts';
import { say } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

const reply = (text: string) => [{ steps: [say(text)] }];

test('a group without a provider is answered by Claude in a container, quoting the question', async (context) => {
  await using chat = await ChatWorld.start(context, { script: reply('hello **from** the agent') });
  const seen = await chat.ask('@Assistant hi');
  expect(seen).toMatchObject({ text: 'hello *from* the agent', quotedText: '@Assistant hi' });
  expect(chat.world.models.requests.some((one) => one.path === '/v1/messages')).toBe(true);
  expect(chat.world.models.requests.some((one) => one.path === '/v1/responses')).toBe(false);
});

test('a codex group is answered by the Codex CLI with the API key when nobody has signed in', async (context) => {
  await using chat = await ChatWorld.start(context, {
    script: reply('hello from codex'),
    registration: { provider: 'codex' },
  });
  expect((await chat.ask('@Assistant hi')).text).toBe('hello from codex');
  const request = chat.world.models.requests.find((one) => one.path === '/v1/responses');
  expect(request?.headers.authorization).toBe('Bearer loopback-openai-key');
});

test('switching the provider changes who answers and nothing else', async (context) => {
  await using chat = await ChatWorld.start(context, { script: reply('ok') });
  await chat.ask('@Assistant remember the number 42');
  const { registrations } = chat.world.app;
  const before = registrations.get(chat.group.jid);
  await registrations.set(chat.group.jid, { provider: 'codex' }, chat.signal);
  await chat.ask('@Assistant which number?');
  expect(registrations.get(chat.group.jid)).toEqual({ ...before, provider: 'codex' });
  const asked = chat.world.models.requests.findLast((one) => one.path === '/v1/responses');
  expect(JSON.stringify(asked?.body)).toContain('remember the number 42');
});

test('the second turn of a group is served by the same warm container', async (context) => {
  await using chat = await ChatWorld.start(context, { script: reply('ok') });
  await chat.ask('@Assistant one');
  await chat.ask('@Assistant two');
  const ids = chat.world.log.entries.flatMap(({ activity }) =>
    activity.type === 'container' ? [activity.containerId] : [],
  );
  expect(ids).toHaveLength(2);
  expect(ids[0]).toBe(ids[1]);
});

test('both memories reach the model', async (context) => {
  await using chat = await ChatWorld.start(context, {
    script: reply('ok'),
    registration: { provider: 'codex' },
  });
  const paths = hostPaths(chat.world.config.home);
  await writeFile(paths.globalMemory, 'Everybody likes tea.');
  await mkdir(paths.groupFolder('family'), { recursive: true });
  await writeFile(`${paths.groupFolder('family')}/CLAUDE.md`, 'Ana likes coffee.');
  await chat.ask('@Assistant what do we drink?');
  const body = JSON.stringify(chat.world.models.requests.map((one) => one.body));
  expect(body).toContain('Everybody likes tea.');
  expect(body).toContain('Ana likes coffee.');
  expect(await readFile(paths.globalMemory, 'utf8')).toBe('Everybody likes tea.');
});
