import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readImageContext } from '../../containers/image-context.ts';
import { LABELS } from '../../containers/labels.ts';
import { displayWidth } from '../../core/terminal-text.ts';
import { installationId } from '../../db/settings.ts';
import { type CliWorld, createCliWorld, linkAccount, PROJECT_ROOT } from '../cli-world.fixture.ts';
import { findingsOf, registerCodex, startHealthy, writeEnv } from './doctor.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

async function currentImage(): Promise<Record<string, string>> {
  return { [LABELS.imageHash]: (await readImageContext(PROJECT_ROOT)).hash };
}

test('where everything is as it should be all is well, and no secret is shown', async () => {
  await using _engine = await startHealthy(world, await currentImage());
  const { code, stdout } = await world.run('doctor', '--offline', '--quick');
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n\nAll is well\.\n$/);
  expect(stdout).toContain('one: ANTHROPIC_API_KEY');
  expect(stdout).not.toContain('sk-test');
});

test('a machine on which nothing is set up gets a finding for each thing to do', async () => {
  const { code, stdout } = await world.run('doctor', '--offline', '--quick');
  expect(code).toBe(1);
  for (const line of ['problem  docker', 'warning  database', 'problem  link']) {
    expect(stdout).toContain(line);
  }
  expect(stdout).toMatch(/\n2 problems, 2 warnings\.\n$/);
});

test('a check that cannot be made is a problem, and the others are made', async () => {
  writeFileSync(world.paths.data, 'a file where the folder should be');
  expect(await findingsOf(world, 'permissions')).toMatchObject([
    { status: 'problem', detail: expect.stringContaining('could not be looked at: ENOTDIR') },
  ]);
  expect(await findingsOf(world, 'clock')).toMatchObject([{ status: 'ok' }]);
});

test('the text keeps to 80 columns, but for words that are longer themselves', async () => {
  writeEnv(world, 'IDLE_TIMEOUT=soon\n', 0o644);
  world.fill((db) => linkAccount(db, '家'.repeat(60)));
  registerCodex(world);
  const { stdout } = await world.run('doctor', '--offline', '--quick');
  const tooLong = stdout.split('\n').filter((line) => displayWidth(line) > 80);
  for (const line of tooLong) expect(line.trim()).toMatch(/^(?:[>$] )?\S+(?: \\\\)?$/);
  expect(stdout).not.toContain('\u001b');
});

test('colours are for a person at a terminal who has not said no', async () => {
  expect((await world.runWith({ isTty: true }, 'doctor', '--offline', '--quick')).stdout).toContain(
    '\u001b[31mproblem',
  );
  world.environment['NO_COLOR'] = '1';
  expect(
    (await world.runWith({ isTty: true }, 'doctor', '--offline', '--quick')).stdout,
  ).not.toContain('\u001b');
});

test('doctor changes nothing, not even the name of an installation', async () => {
  world.fill(linkAccount);
  await world.run('doctor', '--offline', '--quick');
  world.fill((db) => {
    expect(db.prepare('select count(*) from settings').pluck().get()).toBe(0);
    expect(installationId(db)).toMatch(/^[0-9a-f]{12}$/);
  });
});
