import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostPaths } from '../../src/paths.ts';
import { runCommand, say } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

const PROVIDERS = ['claude', 'codex'] as const;

/** Shell command with which an agent sends a text through its mailbox, whatever chat it names. */
function sendByFile(chatJid: string, text: string): string {
  const request = JSON.stringify({ type: 'message', chatJid, text });
  const folder = '/workspace/ipc/messages';
  return `printf '%s' '${request}' > ${folder}/.one.tmp && mv ${folder}/.one.tmp ${folder}/one.json`;
}

test.for(PROVIDERS)(
  'a message that %s sends by a file in the mailbox arrives at a phone',
  async (provider, context) => {
    await using chat = await ChatWorld.start(context, { registration: { provider } });
    chat.world.models.script = [
      { steps: [runCommand(sendByFile(chat.group.jid, 'sent by a tool')), say('done')] },
    ];
    await chat.ask('@Assistant send something');
    const texts = () => chat.member.seen.map((message) => message.text);
    await chat.member.waitForMessage((message) => message.text === 'done', context.signal);
    expect(texts()).toEqual(['sent by a tool', 'done']);
  },
);

test('a group cannot send to another chat, and the agent reads why', async (context) => {
  await using chat = await ChatWorld.start(context, { registration: { provider: 'codex' } });
  const other = chat.world.whatsapp.addGroup({ subject: 'Work', members: [chat.member] });
  await chat.register({}, other, 'work');
  const wait = 'until [ -f /workspace/ipc/replies/one.json ]; do sleep 0.05; done';
  const command = `${sendByFile(other.jid, 'stolen')}; ${wait}; cat /workspace/ipc/replies/one.json`;
  chat.world.models.script = [{ steps: [runCommand(command), say('done')] }];
  expect((await chat.ask('@Assistant send it to work')).text).toBe('done');
  const body = JSON.stringify(chat.world.models.requests.at(-1)?.body);
  expect(body).toContain('not_allowed');
  expect(chat.member.seen.filter((message) => message.chat === other.jid)).toEqual([]);
});

test('a readonly codex group cannot write its folder, an auto one can', async (context) => {
  await using chat = await ChatWorld.start(context, {
    registration: {
      provider: 'codex',
      providerConfig: { codex: { approvalPolicy: 'readonly' } },
    },
    script: [
      { steps: [runCommand('touch /workspace/group/planted; echo "exit $?"'), say('tried')] },
    ],
  });
  const planted = join(hostPaths(chat.world.config.home).groupFolder('family'), 'planted');
  expect((await chat.ask('@Assistant write')).text).toBe('tried');
  expect(JSON.stringify(chat.world.models.requests.at(-1)?.body)).toContain(
    'Read-only file system',
  );
  await expect(access(planted)).rejects.toThrow(/ENOENT/);

  const auto = { providerConfig: { codex: { approvalPolicy: 'auto' as const } } };
  await chat.world.app.registrations.set(chat.group.jid, auto, context.signal);
  expect((await chat.ask('@Assistant write again')).text).toBe('tried');
  await access(planted);
});
