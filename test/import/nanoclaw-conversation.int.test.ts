import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import { openDatabaseReadonly } from '../../src/db/database.ts';
import { createSessions } from '../../src/db/sessions.ts';
import { hostPaths } from '../../src/paths.ts';
import { projectRoot, requireAgentImage } from '../docker/engine.ts';
import { ChatWorld } from '../e2e/chat-world.ts';
import { runCommand } from '../e2e/commands.ts';
import { say } from '../loopback/models/model-script.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { dockerReach } from '../world/model-reach.ts';
import { writeAt } from './nanoclaw-fixture.ts';

/** Talks with Claude in a chat, and leaves what NanoClaw would have of it in a folder. */
async function talkThere(context: TestContext, root: string): Promise<void> {
  await using chat = await ChatWorld.start(context, { script: [{ steps: [say('I keep it.')] }] });
  await chat.ask('@Assistant the word is rhubarb');
  await chat.world.stopHost();
  const paths = hostPaths(chat.world.config.home);
  const db = openDatabaseReadonly(paths.database);
  const sessionId = createSessions(db).get('family', 'claude');
  db.close();
  if (sessionId === undefined) throw new Error('Claude has left no session');
  const transcript = join('projects', '-workspace-group', `${sessionId}.jsonl`);
  const target = join(root, 'data/sessions/family/.claude', transcript);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(paths.claudeHome('family'), transcript), target);
  writeAt(root, 'data/sessions.json', JSON.stringify({ family: sessionId }));
  writeAt(root, 'groups/family/CLAUDE.md', '# Memory\nAna likes tea.\n');
}

test('after an import the next mention is answered with the memory and the conversation from before', async (context) => {
  const root = await mkdtemp(join(tmpdir(), 'deckhand-nanoclaw-'));
  context.onTestFinished(() => rm(root, { recursive: true }));
  await talkThere(context, root);

  const reach = await dockerReach(await requireAgentImage(context));
  const script = [{ steps: [say('Rhubarb.')] }];
  await using world = await LoopbackWorld.start({ runtime: 'docker', reach, projectRoot, script });
  await world.link(context.signal);
  const member = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  const group = world.whatsapp.addGroup({ subject: 'Family', members: [member] });
  const entry = { name: 'Family', folder: 'family', trigger: '@Andy', added_at: '2026-01-01' };
  writeAt(root, 'data/registered_groups.json', JSON.stringify({ [group.jid]: entry }));
  const end = await runCommand(['import', 'nanoclaw', root], world.config.hostEnvironment);
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.stdout).toContain('the conversation with Claude goes on');

  await world.startHost(context.signal);
  await member.sendText(group, '@Andy what was the word?');
  await member.waitForMessage(({ text }) => text === 'Rhubarb.', context.signal);
  const asked = JSON.stringify(world.models.requests.findLast(({ model }) => model)?.body);
  expect(asked).toMatch(/the word is rhubarb[^]*I keep it\.[^]*what was the word\?/);
  expect(asked).toContain('Ana likes tea.');
  const memory = join(hostPaths(world.config.home).groupFolder('family'), 'CLAUDE.md');
  expect(await readFile(memory, 'utf8')).toContain('Ana likes tea.');
});
