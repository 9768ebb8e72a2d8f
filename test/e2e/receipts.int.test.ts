import { expect, test } from 'vitest';
import { Gate } from '../loopback/models/gate.ts';
import { failWith, say, wait } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

const env = { RECEIPTS: 'on' };

/** Resolves when the owner's phone shows the assistant's reaction at a message. */
async function waitForReaction(chat: ChatWorld, id: string, emoji: string): Promise<void> {
  const { owner } = chat.world.whatsapp;
  await owner.waitForMessage(
    (seen) => seen.id === id && seen.reactions.get(owner.jid) === emoji,
    chat.signal,
  );
}

function answers(chat: ChatWorld): string[] {
  return chat.member.seen.filter((seen) => seen.fromCompanion).map((seen) => seen.text);
}

test('a phone shows that a question was taken up, its answer, and that it was answered', async (context) => {
  const gate = new Gate();
  await using chat = await ChatWorld.start(context, {
    env,
    registration: { provider: 'codex' },
    script: [{ steps: [wait(gate), say('hello')] }],
  });
  const { id } = await chat.member.sendText(chat.group, '@Assistant hi');
  await waitForReaction(chat, id, '👀');
  expect(answers(chat)).toEqual([]);
  gate.release();
  await waitForReaction(chat, id, '✅');
  expect(answers(chat)).toEqual(['hello']);
});

test('a phone shows that a question was not answered, beside one sentence', async (context) => {
  await using chat = await ChatWorld.start(context, {
    env,
    registration: { provider: 'codex' },
    script: [{ steps: [failWith(401)] }],
  });
  const { id } = await chat.member.sendText(chat.group, '@Assistant hi');
  await waitForReaction(chat, id, '⚠️');
  expect(answers(chat)).toEqual([expect.stringContaining('sign-in to the model was refused')]);
});
