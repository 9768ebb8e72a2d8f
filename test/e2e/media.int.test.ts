import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { hostPaths } from '../../src/paths.ts';
import { runCommand, say } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

const trusted = getCACertificates('default');
afterEach(() => setDefaultCACertificates(trusted));

/** One red pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

test.for(['claude', 'codex'] as const)(
  'a picture reaches the model of %s, whose agent may move it and sends it back as a file',
  async (provider, context) => {
    await using chat = await ChatWorld.start(context, { registration: { provider } });
    const { world, member, group } = chat;
    setDefaultCACertificates([...trusted, world.whatsapp.media.certificate]);
    const file = { type: 'file', chatJid: group.jid, path: 'moved.png', kind: 'image' };
    const request = JSON.stringify({ ...file, caption: 'here it is' });
    const box = '/workspace/ipc/messages';
    const command = `mv /workspace/group/media/*.png /workspace/group/moved.png && printf '%s' '${request}' > ${box}/.one.tmp && mv ${box}/.one.tmp ${box}/one.json`;
    world.models.script = [{ steps: [runCommand(command), say('done')] }];
    const picture = { kind: 'image', bytes: PNG, mimetype: 'image/png' } as const;
    await member.sendMedia(group, { ...picture, caption: '@Assistant send it back' });
    const seen = await member.waitForMessage(({ text }) => text === 'here it is', context.signal);
    expect(await member.download(seen)).toEqual(PNG);
    await member.waitForMessage(({ text }) => text === 'done', context.signal);
    const asked = world.models.requests.find((one) => one.model !== undefined);
    const kind = provider === 'claude' ? '"type":"image"' : '"type":"input_image"';
    expect(JSON.stringify(asked?.body)).toContain(kind);
    expect(asked?.model?.prompt).toMatch(/<attachment kind="image" file="media\/[\w.-]+\.png"/);
    const folder = join(hostPaths(world.config.home).groupFolder('family'), 'media');
    expect(await readdir(folder)).toEqual([]);
  },
);
