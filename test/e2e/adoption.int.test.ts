import { expect, test } from 'vitest';
import { Gate } from '../loopback/models/gate.ts';
import { say, wait } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

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
