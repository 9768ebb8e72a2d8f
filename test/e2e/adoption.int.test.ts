import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemNow } from '../../src/clock.ts';
import { hostPaths } from '../../src/paths.ts';
import { editRegistrations } from '../../src/registrations/edit.ts';
import { waitUnlessAborted } from '../../src/wait.ts';
import { Gate } from '../loopback/models/gate.ts';
import { runCommand, say, wait } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';
import { startSignInWorld, storeSignIn } from './sign-in-chat.ts';

// Docker's log keeps a long line in pieces of 16 KiB, and is where the next host reads this answer.
test('an answer of many pages in Chinese that came while no host was there arrives character by character', async (context) => {
  const gate = new Gate();
  const text = `begin${'文'.repeat(20_000)}end`;
  await using chat = await ChatWorld.start(context, {
    registration: { provider: 'responses' },
    // Without a door an agent reaches its model while no host is there.
    env: { CREDENTIALS: 'mounted' },
    script: [{ steps: [wait(gate), say(text)] }],
  });
  const first = chat.ask('@Assistant hi');
  await chat.world.models.waitForRequest((one) => one.model !== undefined, context.signal);
  await chat.world.stopHost();
  gate.release();
  await chat.startHost();
  await first;
  await chat.member.waitForMessage((message) => /end\n/.test(message.text), context.signal);
  const parts = chat.member.seen.map((message) => message.text.replace(/\n\(\d\/\d\)$/, ''));
  expect(parts.join('')).toBe(text);
  expect(chat.world.models.requests.filter((one) => one.model !== undefined)).toHaveLength(1);
});

test.for(['codex', 'responses'] as const)(
  'a run of %s with a ChatGPT sign-in goes on with it through the door of the next host',
  async (provider, context) => {
    const gate = new Gate();
    const { chat, oauth } = await startSignInWorld(context, {
      registration: { provider },
      script: [{ steps: [wait(gate), say('signed in all the same')] }],
    });
    await using _chat = chat;
    const { accessToken } = await storeSignIn(chat, oauth);
    const answer = chat.ask('@Assistant hi');
    await gate.reached;
    await chat.world.stopHost();
    gate.release();
    await chat.startHost();
    expect((await answer).text).toBe('signed in all the same');
    const asked = chat.world.models.requests.filter((one) => one.model !== undefined);
    expect(asked.map((one) => one.headers.authorization)).toEqual([
      `Bearer ${accessToken}`,
      `Bearer ${accessToken}`,
    ]);
  },
);

test.for(['claude', 'codex', 'responses'] as const)(
  'what %s asks its model while no host is there waits for the next one, and no tool is run twice',
  async (provider, context) => {
    const command = 'until [ -e go ]; do sleep 0.1; done; echo once >> done.txt';
    await using chat = await ChatWorld.start(context, {
      registration: { provider },
      script: [{ steps: [runCommand(command), say('done')] }],
    });
    const folder = hostPaths(chat.world.config.home).groupFolder('family');
    const answer = chat.ask('@Assistant hi');
    await chat.world.log.waitFor('progress', ({ kind }) => kind === 'tool', context.signal);
    await chat.world.stopHost();
    await writeFile(join(folder, 'go'), '');
    await waitForFile(join(folder, 'done.txt'), context.signal);
    await chat.startHost();
    expect((await answer).text).toBe('done');
    expect(await readFile(join(folder, 'done.txt'), 'utf8')).toBe('once\n');
    const asked = chat.world.models.requests.filter((one) => one.model?.isStream);
    expect(asked).toHaveLength(2);
  },
);

test.for([
  ['a door', 'proxy', 'mounted'],
  ['a network', 'mounted', 'proxy'],
] as const)(
  'an agent that has %s keeps it to the end of its run, though its group is given the other meanwhile',
  async ([_way, before, after], context) => {
    const gate = new Gate();
    await using chat = await ChatWorld.start(context, {
      registration: { provider: 'responses', containerConfig: { credentials: before } },
      script: [{ steps: [wait(gate), say('by the way that I have')] }],
    });
    const answer = chat.ask('@Assistant hi');
    await gate.reached;
    await chat.world.stopHost();
    const target = { path: hostPaths(chat.world.config.home).registrations, now: systemNow };
    const fields = { containerConfig: { credentials: after } };
    await editRegistrations(target, { type: 'set', jid: chat.group.jid, fields }, context.signal);
    gate.release();
    await chat.startHost();
    expect((await answer).text).toBe('by the way that I have');
    const begun = chat.world.log.entries.filter(({ activity }) => activity.type === 'run_started');
    expect(begun).toHaveLength(1);
  },
);

async function waitForFile(path: string, signal: AbortSignal): Promise<void> {
  while (!existsSync(path)) {
    signal.throwIfAborted();
    await waitUnlessAborted(20, signal);
  }
}
