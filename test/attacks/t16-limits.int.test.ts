import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { systemNow } from '../../src/clock.ts';
import { MIB } from '../../src/core/byte-size.ts';
import { createDiskGuard, groupFolders } from '../../src/disk/disk-guard.ts';
import type { AgentRunner, RunOutcome } from '../../src/ports.ts';
import { waitUnlessAborted } from '../../src/wait.ts';
import { AgentKit, endless, makeGroup, makeRequest, recordRun } from '../docker/agent-kit.ts';
import { requireBaseImage } from '../docker/engine.ts';

const run = promisify(execFile);

/** A runner that watches the disk, by a quota of 64 MiB unless told. */
function watchingRunner(kit: AgentKit, limits = {}): AgentRunner {
  const { paths, logger } = kit;
  const parts = { paths, logger, now: systemNow, wait: waitUnlessAborted };
  const findByFolder = () => undefined;
  return kit.runner({
    disk: createDiskGuard({ ...parts, findByFolder, quotaMb: 64, reserveMb: 0, ...limits }),
  });
}

/** What becomes of an attack, and of another group's run that begins when the attack goes on. */
async function attack(runner: AgentRunner, command: string) {
  const attacker = recordRun();
  const hostile = runner.run(
    makeRequest('r1', command, { maxOutputChars: 5_000 }),
    makeGroup('hostile'),
    attacker.handlers,
    endless,
  );
  await attacker.started;
  const other = await runOther(runner);
  return { hostile: await hostile, other };
}

function runOther(runner: AgentRunner): Promise<RunOutcome> {
  const request = makeRequest('r2', 'sh echo fine > /workspace/group/f && cat /workspace/group/f');
  return runner.run(request, makeGroup('other'), recordRun().handlers, endless);
}

const FINE = { status: 'answered', text: 'fine\n' };
const OVER_QUOTA = { status: 'failed', class: 'disk', detail: expect.stringContaining('64 MB') };

test('T16: a fork bomb ends at the limit of processes, and another group goes on', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const bomb = 'for i in $(seq 2000); do sleep 1 & done 2>&1 | sort | uniq -c | head -3; echo over';
  const { hostile, other } = await attack(kit.runner(), `sh ${bomb}`);
  expect(other).toMatchObject(FINE);
  expect(JSON.stringify(hostile)).toMatch(/fork|Resource temporarily unavailable/);
});

test('T16: memory ends at its limit, also as files in /tmp, and another group goes on', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const fill = 'sh head -c 600M /dev/zero > /tmp/f; echo "tmp: $?"';
  const { hostile, other } = await attack(kit.runner(), fill);
  expect(other).toMatchObject(FINE);
  expect(JSON.stringify(hostile)).not.toContain('tmp: 0');
});

const WRITABLE = ['/workspace/group', '/workspace/ipc', '/home/node/.claude'];

test('T16: a run that fills all its folders together is stopped at its quota, and another group goes on', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const fill = `for folder in ${WRITABLE.join(' ')}; do head -c 25M /dev/zero > $folder/f; done`;
  const unwatched = await attack(kit.runner(), `sh ${fill}; echo full`);
  expect(unwatched.hostile).toMatchObject({ status: 'answered', text: 'full\n' });
  for (const folder of groupFolders(kit.paths, 'hostile')) {
    await rm(join(folder, 'f'), { force: true });
  }
  const { hostile, other } = await attack(watchingRunner(kit), `sh ${fill}; sleep 60`);
  expect(other).toMatchObject(FINE);
  expect(hostile).toMatchObject(OVER_QUOTA);
});

test('T16: what goes on in a container after its run is stopped at the quota, and another group goes on', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = watchingRunner(kit);
  const record = recordRun();
  const fill = 'for i in $(seq 200); do head -c 4M /dev/zero >> f; sleep 0.1; done';
  const later = `(cd /workspace/group; until [ -e go ]; do sleep 0.1; done; ${fill}) >/dev/null 2>&1`;
  const request = makeRequest('r1', `sh ${later} & echo over`);
  const outcome = await runner.run(request, makeGroup('hostile'), record.handlers, endless);
  expect(outcome).toMatchObject({ status: 'answered', text: 'over\n' });
  const gone = kit.docker.getContainer(record.containers[0]!).wait();
  await writeFile(join(kit.paths.groupFolder('hostile'), 'go'), '');
  await gone;
  const left = await stat(join(kit.paths.groupFolder('hostile'), 'f'));
  expect(left.size).toBeLessThan(800 * MIB);
  expect(await runOther(runner)).toMatchObject(FINE);
});

test('T16: a run that makes empty files without end is stopped at its quota', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const make =
    'const fs = require("fs"); for (let i = 0; ; i++) fs.writeFileSync("/workspace/group/" + i, "")';
  const { hostile, other } = await attack(
    watchingRunner(kit, { quotaMb: 8 }),
    `sh node -e '${make}'`,
  );
  expect(other).toMatchObject(FINE);
  expect(hostile).toMatchObject({ class: 'disk', detail: expect.stringContaining('8.0 MB') });
});

test('T16: files without a name fill the disk only down to its reserve', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can mount a disk of its own');
  const docker = await requireBaseImage(context);
  await using disk = await mountDisk(300);
  await using kit = AgentKit.open(docker, join(disk.path, 'home'), { memoryMb: 512 });
  const fill = 'exec 3>/workspace/group/f; rm /workspace/group/f; head -c 200M /dev/zero >&3';
  const runner = watchingRunner(kit, { reserveMb: 150 });
  const request = makeRequest('r1', `sh ${fill}; sleep 60`);
  const group = makeGroup('hostile');
  const outcome = await runner.run(request, group, recordRun().handlers, endless);
  expect(outcome).toMatchObject({ class: 'disk', detail: expect.stringContaining('are free') });
  expect(await runOther(runner)).toMatchObject(FINE);
});

async function mountDisk(mb: number) {
  const path = await mkdtemp(join(tmpdir(), 'deckhand-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mb}m`, 'tmpfs', path]);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await run('umount', [path]);
      await rm(path, { recursive: true });
    },
  };
}

test.for(['stdout', 'stderr'])(
  'T16: a flood on %s ends the run, and another group goes on',
  async (stream, context) => {
    await using kit = await AgentKit.create(await requireBaseImage(context));
    const { hostile, other } = await attack(kit.runner(), `flood ${stream}`);
    expect(other).toMatchObject(FINE);
    expect(hostile).toMatchObject({ class: 'internal', detail: expect.stringContaining('bytes') });
  },
);

test('T16: a process opens no more files than it may, and another group goes on', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const open =
    'const fs = require("fs"); let i = 0; try { for (;; i++) fs.openSync("/dev/null"); } catch (e) { console.log(e.code, i); }';
  const { hostile, other } = await attack(kit.runner(), `sh node -e '${open}'`);
  expect(other).toMatchObject(FINE);
  expect(hostile).toMatchObject({ text: expect.stringMatching(/^EMFILE 163\d\d/) });
});
