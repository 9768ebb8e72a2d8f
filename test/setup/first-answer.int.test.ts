import { expect, test } from 'vitest';
import { BASE_IMAGE, requireBaseImage } from '../docker/engine.ts';
import { RunningCommand } from '../e2e/commands.ts';
import { say } from '../loopback/models/model-script.ts';
import { dockerReach } from '../world/model-reach.ts';
import { CLAUDE_KEY, SetupWorld } from './setup-world.ts';

/** The first build of the image takes minutes. */
const BUILD_MS = 900_000;

test(
  'a person at a terminal comes from nothing to an answered mention',
  async (context) => {
    const { signal } = context;
    const docker = await requireBaseImage(context);
    const reach = await dockerReach(docker);
    const env = { BASE_IMAGE };
    await using world = await SetupWorld.start({ runtime: 'docker', reach, env });
    const { whatsapp } = world;
    const ana = whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
    const family = whatsapp.addGroup({ subject: 'Family', members: [ana] });
    world.models.script = [{ steps: [say('Hello there.')] }];

    const terminal = world.open();
    await terminal.waitFor('Who is to answer?', BUILD_MS);
    terminal.enter('1');
    await terminal.answer('not shown)', CLAUDE_KEY);
    await terminal.answer('link the phone?', '2');
    await terminal.answer('country code', '+1 555 000 0001');
    const [, code = ''] = await terminal.waitFor(/enter: (\w{4}-\w{4})/);
    await whatsapp.enterPairingCode(code.replace('-', ''), signal);
    await terminal.answer('The main chat may manage');
    await terminal.answer('answer first?', '1');
    await terminal.waitFor('Write `@Assistant hello` in "Family"');
    expect(await terminal.end()).toBe(0);
    expect(terminal.shown).not.toContain(CLAUDE_KEY);
    const greeting = await whatsapp.owner.waitForMessage(({ fromCompanion }) => fromCompanion);
    expect(greeting).toMatchObject({
      chat: whatsapp.owner.jid,
      text: expect.stringContaining('main chat'),
    });

    await using host = new RunningCommand(['start'], world.env);
    await whatsapp.waitForConnection(signal);
    await ana.sendText(family, '@Assistant hello');
    const isAnswer = ({ fromCompanion, text }: { fromCompanion: boolean; text: string }) =>
      fromCompanion && text === 'Hello there.';
    await ana.waitForMessage(isAnswer, signal);
    await whatsapp.owner.sendText(whatsapp.owner, 'and here?');
    await whatsapp.owner.waitForMessage(
      (message) => isAnswer(message) && message.chat === whatsapp.owner.jid,
      signal,
    );
    host.kill('SIGTERM');
    expect(await host.ended).toMatchObject({ code: 0 });
  },
  BUILD_MS,
);
