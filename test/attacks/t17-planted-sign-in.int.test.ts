import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemNow } from '../../src/clock.ts';
import type { PlanAgent } from '../../src/containers/agent-planner.ts';
import { createFolderOwner } from '../../src/containers/folder-owner.ts';
import { createContainerAuth } from '../../src/credentials/container-auth.ts';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { findSeed } from '../../src/credentials/seed.ts';
import type { AgentRunner } from '../../src/ports.ts';
import { AgentKit, endless, makeGroup, makeRequest, recordRun } from '../docker/agent-kit.ts';
import { requireBaseImage } from '../docker/engine.ts';

const SEED = JSON.stringify({
  tokens: { id_token: 'e30.e30.x', access_token: 'e30.e30.x', refresh_token: 'of-the-attacker' },
});
const HOME = '/home/node/.codex';
/** Each leaves a sign-in, a way to one, or another folder in the place of the home. */
const PLANT = `cd /tmp; echo '${SEED}' > seed; chmod 600 seed
chmod 777 ${HOME}; mount -o remount,rw ${HOME}; mv ${HOME} ${HOME}-kept && mkdir ${HOME}
echo 'notify = ["touch"]' > ${HOME}/config.toml; echo A=1 > ${HOME}/.env
mv ${HOME}/.env ${HOME}/auth.json; ln -sf /workspace/group/seed ${HOME}/auth.json; rm -f ${HOME}/auth.json
cat seed > ${HOME}/auth.json; mv seed ${HOME}/auth.json; true`;

const group = makeGroup('team');

async function ask(runner: AgentRunner, prompt: string) {
  const record = recordRun();
  const request = makeRequest(crypto.randomUUID(), prompt);
  const outcome = await runner.run(request, group, record.handlers, endless);
  if (outcome.status !== 'answered') throw new Error(JSON.stringify(outcome));
  return { text: outcome.text, containers: record.containers };
}

/** The sign-in that the next run of the group would take for its own. */
async function plantedIn({ paths }: AgentKit) {
  const store = createCredentialStore({ folder: paths.credentials });
  return (await findSeed({ store, paths }, group.folder))?.tokens.refreshToken;
}

test('T17, T13: an agent plants no sign-in that a later run takes for that of its group', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const { text } = await ask(kit.runner(), `sh ${PLANT}`);
  expect(text).toContain('Read-only file system');
  expect(await plantedIn(kit)).toBeUndefined();
  const home = kit.paths.codexHome('team');
  expect(await readFile(join(home, 'config.toml'), 'utf8')).toContain('check_for_update');
  expect(await readFile(join(home, '.env'), 'utf8')).toBe('');
});

test('T17, T13: in a folder that it could write the same attempts leave one', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  await ask(kit.runner({ planAgent: writableHome(kit.planAgent) }), `sh ${PLANT}`);
  expect(await plantedIn(kit)).toBe('of-the-attacker');
});

function writableHome(plan: PlanAgent): PlanAgent {
  return async (planned) => {
    const made = await plan(planned);
    if (!made.ok) return made;
    const mounts = made.spec.mounts.map((mount) =>
      mount.target === HOME ? { ...mount, isReadOnly: false } : mount,
    );
    return { ok: true, spec: { ...made.spec, mounts } };
  };
}

test('a sign-in that the host replaces is seen at once in a container that goes on', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const { paths, logger } = kit;
  const { user } = kit.settings();
  const auth = createContainerAuth({
    paths,
    store: createCredentialStore({ folder: paths.credentials }),
    now: systemNow,
    logger,
    handOver: createFolderOwner(user),
  });
  const runner = kit.runner();
  const read = `sh cat ${HOME}/auth.json`;
  const first = await ask(runner, read);
  expect(first.text).toContain('No such file');
  for (const accessToken of ['one', 'two']) {
    await auth.publish('team', { accessToken, idToken: 'e30.e30.x', accountId: 'acct-1' });
    const next = await ask(runner, read);
    expect(next.text).toContain(`"${accessToken}"`);
    expect(next.containers).toEqual(first.containers);
  }
});
