import { expect, test } from 'vitest';
import { callTool, say } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

test('the agent of main finds a group, registers it, and it is answered there', async (context) => {
  await using chat = await ChatWorld.start(context, {
    registration: { provider: 'codex', isMain: true },
  });
  const chess = chat.world.whatsapp.addGroup({ subject: 'Chess club', members: [chat.member] });
  const registration = { jid: chess.jid, name: 'Chess', folder: 'chess', trigger: '@Assistant' };
  chat.world.models.script = (request) =>
    request.prompt.includes('register')
      ? [
          callTool('mcp__deckhand__refresh_groups', {}),
          callTool('mcp__deckhand__register_group', registration),
          say('Registered.'),
        ]
      : [say('Your move.')];
  expect((await chat.ask('Please register the chess club')).text).toBe('Registered.');
  const told = JSON.stringify(chat.world.models.requests.at(-1)?.body);
  expect(told).toContain('Chess club');
  expect(told).toContain('Chess is registered with the folder chess.');
  expect(chat.world.app.registrations.get(chess.jid)).toMatchObject({
    folder: 'chess',
    provider: 'codex',
    isMain: false,
  });
  expect((await chat.ask('@Assistant e4', chess)).text).toBe('Your move.');
});
