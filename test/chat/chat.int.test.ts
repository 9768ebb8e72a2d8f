import { expect, type TestContext, test } from 'vitest';
import { LABELS } from '../../src/containers/labels.ts';
import { oneOffOwner } from '../../src/containers/one-off.ts';
import { type Db, openDatabase, openDatabaseReadonly } from '../../src/db/database.ts';
import { createSessions } from '../../src/db/sessions.ts';
import { findInstallationId } from '../../src/db/status-counts.ts';
import { prepareFolders } from '../../src/host-folders.ts';
import { hostPaths } from '../../src/paths.ts';
import { projectRoot, requireAgentImage } from '../docker/engine.ts';
import { RunningCommand } from '../e2e/commands.ts';
import { hold } from '../loopback/models/gate.ts';
import { type ModelScript, say, wait } from '../loopback/models/model-script.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { dockerReach } from '../world/model-reach.ts';

async function openChats(context: TestContext, script: ModelScript) {
  const docker = await requireAgentImage(context);
  const reach = await dockerReach(docker);
  const world = await LoopbackWorld.start({ runtime: 'docker', reach, projectRoot, script });
  const paths = hostPaths(world.config.home);
  await prepareFolders(paths);
  const path = paths.database;
  openDatabase(path).close();
  const read = <T>(look: (db: Db) => T): T => {
    const db = openDatabaseReadonly(path);
    try {
      return look(db);
    } finally {
      db.close();
    }
  };
  const containers = async () => {
    const owner = oneOffOwner(read((db) => findInstallationId(db)) ?? '');
    const label = [`${LABELS.installation}=${owner}`];
    const found = await docker.listContainers({ all: true, filters: { label } });
    return found.map(({ Id }) => Id);
  };
  const chat = (...args: string[]) =>
    new RunningCommand(['chat', ...args], world.config.hostEnvironment, { hasInput: true });
  return {
    world,
    path,
    read,
    containers,
    chat,
    async [Symbol.asyncDispose]() {
      for (const id of await containers()) await docker.getContainer(id).remove({ force: true });
      await world[Symbol.asyncDispose]();
    },
  };
}

test.for(['claude', 'codex'] as const)(
  "%s answers a whole chat from one container, knows what was said, and leaves the group's session alone",
  async (provider, context) => {
    const script: ModelScript = ({ prompt }) => [say(prompt.includes('second') ? 'Two.' : 'One.')];
    await using chats = await openChats(context, script);
    const db = openDatabase(chats.path);
    createSessions(db).goOn('terminal', provider, 'session-of-the-group', 0);
    db.close();
    await using chat = chats.chat('--provider', provider);
    await chat.write('the first\n');
    await chat.waitForLine(/One\./);
    const before = await chats.containers();
    await chat.write('the second\n');
    await chat.waitForLine(/Two\./);
    expect(before).toHaveLength(1);
    expect(await chats.containers()).toEqual(before);
    await chat.write('/quit\n');
    expect(await chat.ended).toMatchObject({ code: 0, stdout: 'One.\nTwo.\n' });
    expect(await chats.containers()).toEqual([]);
    const last = chats.world.models.requests.at(-1)?.body;
    expect(JSON.stringify(last)).toMatch(/the first[^]*One\.[^]*the second/);
    // Claude resumes its session; codex is told what was said.
    expect(JSON.stringify(last).includes('<history')).toBe(provider === 'codex');
    const session = chats.read((open) => createSessions(open).get('terminal', provider));
    expect(session).toBe('session-of-the-group');
  },
);

test('a signal ends a chat in the middle of an answer, with exit code 130 and nothing left', async (context) => {
  const gate = hold();
  await using chats = await openChats(context, [{ steps: [wait(gate), say('never')] }]);
  await using chat = chats.chat('--provider', 'codex');
  await chat.write('hi\n');
  await gate.reached;
  chat.kill('SIGINT');
  expect(await chat.ended).toMatchObject({ code: 130, stdout: '' });
  expect(await chats.containers()).toEqual([]);
});
