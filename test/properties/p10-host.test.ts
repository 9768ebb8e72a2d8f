import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { createSilentHints, FAMILY, MailboxWorld } from '../../src/ipc/mailbox-world.fixture.ts';
import { createLogger } from '../../src/logger.ts';
import { keyCredential, World } from '../engine/world.ts';
import { answer } from '../fakes/fake-runner.ts';

/** Long enough that no line holds a part of it by chance. */
const canary = fc.stringMatching(/^canary[\w"\\/+=<>&% é-]{12,24}$/);

/** A part of it in a line is as bad as all of it. */
function expectNone(lines: readonly string[], canaries: readonly string[]): void {
  const text = lines.join('');
  for (const canary of canaries) expect(text).not.toContain(canary.slice(0, 12));
}

function collect(lines: string[], secrets: readonly string[] = []) {
  const destination = { write: (line: string) => void lines.push(line) };
  return createLogger('trace', { secrets, destination });
}

test('P10: at no level does the log hold what people write, what agents answer, or the key they work with', async () => {
  await fc.assert(
    fc.asyncProperty(fc.tuple(canary, canary, canary, canary, canary), async (canaries) => {
      const [text, name, quoted, said, key] = canaries;
      const lines: string[] = [];
      await using world = new World();
      world.logger = collect(lines, [key]);
      world.receipts = true;
      world.credentialFor = () => keyCredential({ secrets: { ANTHROPIC_API_KEY: key } });
      const engine = world.startHost();
      world.open();
      world.channel.outcomes = [
        { status: 'unconfirmed', reason: `no ack ${key}` },
        { status: 'rejected', reason: `479 ${key}` },
      ];
      const detail = `exit 1: ${key} refused`;
      world.runner.respond = ({ request }) =>
        request.prompt.includes('please fail')
          ? { status: 'failed', class: 'refused', detail, hasSideEffects: false }
          : answer(said, 'session');
      const part = { senderName: name, quoted: { id: 'Q', text: quoted } };
      engine.ingest(world.message({ ...part, text: `@Assistant ${text}` }));
      engine.ingest(world.message({ ...part, text }));
      await engine.idle();
      engine.ingest(world.message({ ...part, text: `@Assistant please fail ${text}` }));
      await engine.idle();
      expect(lines.map((line) => JSON.parse(line).msg)).toContain('run ended');
      expectNone(lines, canaries);
    }),
    { numRuns: 15 },
  );
});

test('P10: at no level does the log hold what agents ask of the host, whether it is done or refused', async () => {
  await using world = await MailboxWorld.create();
  const lines: string[] = [];
  const logger = collect(lines);
  const host = await world.start({ logger, createHints: createSilentHints });
  let count = 0;
  const send = async (request: unknown, part: string) => {
    count += 1;
    await world.send(FAMILY.folder, `r${count}.json`, request, part);
  };
  await fc.assert(
    fc.asyncProperty(canary, async (canary) => {
      const { jid: chatJid } = FAMILY;
      await send({ type: 'message', chatJid, text: canary, sender: canary }, 'messages');
      await send({ type: 'message', chatJid: canary, text: canary, [canary]: 1 }, 'messages');
      await send({ type: canary, text: canary }, 'messages');
      await send(`{"type":"message","text":"${canary}`, 'messages');
      await send({ type: 'file', chatJid, path: canary, kind: 'document' }, 'messages');
      await send({ type: 'reaction', chatJid, messageId: canary, emoji: canary }, 'messages');
      const task = { type: 'schedule_task', prompt: canary, schedule_type: 'cron' };
      await send({ ...task, schedule_value: '0 9 * * 1', script: canary }, 'tasks');
      await send({ ...task, schedule_value: canary }, 'tasks');
      await send({ type: 'cancel_task', taskId: canary }, 'tasks');
      await host.settle(FAMILY.folder);
      expectNone(lines, [canary]);
    }),
    { numRuns: 15 },
  );
  expect(lines.filter((line) => line.includes('"ipc request"')).length).toBe(count);
});

test('P10: a credential file that is damaged anywhere is described without a word of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deckhand-credentials-'));
  const store = createCredentialStore({ folder });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const token = fc.stringMatching(/^canary[\w.-]{20,60}$/);
  const damage = fc.record({
    at: fc.nat(400),
    length: fc.nat(40),
    by: fc.string({ maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(
      token,
      token,
      token,
      damage,
      async (idToken, accessToken, refreshToken, cut) => {
        const text = JSON.stringify({
          kind: 'sign_in',
          tokens: { idToken, accessToken, refreshToken },
          idToken,
          accessToken,
          refreshToken,
        });
        const damaged = text.slice(0, cut.at) + cut.by + text.slice(cut.at + cut.length);
        await writeFile(join(folder, 'openai-codex.json'), damaged, { mode: 0o600 });
        const read = await store.read({ name: 'openai-codex' });
        expect(read.status).toBe('unusable');
        expectNone([JSON.stringify(read)], [idToken, accessToken, refreshToken]);
      },
    ),
    { numRuns: 500 },
  );
  await rm(folder, { recursive: true });
});
