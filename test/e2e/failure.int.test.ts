import { expect, test } from 'vitest';
import { createDockerClient } from '../../src/containers/docker-client.ts';
import { Gate } from '../loopback/models/gate.ts';
import { failWith, say, wait } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

test.for(['claude', 'codex'] as const)(
  'a %s group without any credential is told in one message what mends it',
  async (provider, context) => {
    await using chat = await ChatWorld.start(context, {
      registration: { provider },
      env: { ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '' },
    });
    const seen = await chat.ask('@Assistant hi');
    expect(seen.text).toMatch(provider === 'codex' ? /login codex/ : /ANTHROPIC_API_KEY/);
    expect(chat.world.models.requests).toEqual([]);
  },
);

test('a container that is killed in the middle of a run is told to the chat', async (context) => {
  const gate = new Gate();
  await using chat = await ChatWorld.start(context, {
    registration: { provider: 'codex' },
    script: [{ steps: [wait(gate), say('never')] }],
  });
  const answer = chat.ask('@Assistant hi');
  await chat.world.models.waitForRequest((one) => one.model !== undefined, context.signal);
  const { containerId } = await chat.world.log.waitFor('container', () => true, context.signal);
  const docker = await createDockerClient();
  await docker.getContainer(containerId).kill();
  expect((await answer).text).toContain('something broke on my side');
  expect((await answer).text).not.toMatch(/docker|container|137|\//i);
});

test('a credential that the model refuses is told without the words of the provider', async (context) => {
  await using chat = await ChatWorld.start(context, {
    registration: { provider: 'codex' },
    script: [{ steps: [failWith(401)] }],
  });
  expect((await chat.ask('@Assistant hi')).text).toContain('sign-in to the model was refused');
});

test('a host that stops and starts in the middle of a run answers it once', async (context) => {
  const gate = new Gate();
  await using chat = await ChatWorld.start(context, {
    registration: { provider: 'codex' },
    script: [{ steps: [wait(gate), say('after the restart')] }],
  });
  const answer = chat.ask('@Assistant hi');
  await chat.world.models.waitForRequest((one) => one.model !== undefined, context.signal);
  await chat.world.stopHost();
  await chat.member.sendText(chat.group, '@Assistant and while you were away?');
  gate.release();
  await chat.startHost();
  expect((await answer).text).toBe('after the restart');
  await chat.world.app.engine.idle();
  await chat.member.waitForMessage(
    (message) => message.quotedText === '@Assistant and while you were away?',
    context.signal,
  );
  // Its model was being asked through the door of the host that stopped, and was asked again through the next one's.
  const asked = chat.world.models.requests.filter((one) => one.model !== undefined);
  expect(asked).toHaveLength(3);
  expect(chat.member.seen).toHaveLength(2);
});
