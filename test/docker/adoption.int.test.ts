import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EventFeed } from '../../src/containers/event-feed.ts';
import { reapContainers } from '../../src/containers/reaper.ts';
import { AgentKit, endless, makeGroup, makeRequest, recordRun } from './agent-kit.ts';
import { requireBaseImage } from './engine.ts';

const team = makeGroup('team');

async function letGoDuring(kit: AgentKit, prompt: string) {
  const first = kit.runner();
  const record = recordRun();
  await first.run(makeRequest('r0', 'echo earlier'), team, record.handlers, endless);
  const run = recordRun();
  const running = first.run(makeRequest('r1', prompt), team, run.handlers, endless);
  await run.started;
  await first[Symbol.asyncDispose]();
  return { outcome: await running, run };
}

test('a host that stops lets go of the run, and the next host gets all its events and its answer', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const { outcome, run } = await letGoDuring(kit, 'wait go');
  expect(outcome).toEqual({ status: 'detached' });

  const next = kit.runner();
  const record = recordRun();
  const adopting = next.adopt('r1', 'team', record.handlers, endless);
  await record.started;
  await writeFile(join(kit.paths.ipc('team'), 'input', 'go'), '');
  expect(await adopting).toMatchObject({ status: 'answered', text: 'waited for go' });
  expect(record.containers).toEqual(run.containers);
  expect(record.events.map((event) => `${event.runId} ${event.type} ${event.seq}`)).toEqual([
    'r1 started 0',
    'r1 result 1',
  ]);
});

test('an adopted container stays warm for the next run', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const { run } = await letGoDuring(kit, 'wait go');
  await writeFile(join(kit.paths.ipc('team'), 'input', 'go'), '');
  const next = kit.runner();
  await next.adopt('r1', 'team', recordRun().handlers, endless);
  const record = recordRun();
  const outcome = await next.run(makeRequest('r2', 'echo 2'), team, record.handlers, endless);
  expect(outcome).toMatchObject({ status: 'answered', text: '2' });
  expect(record.containers).toEqual(run.containers);
});

test('an adopted run can be cancelled', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  await letGoDuring(kit, 'hang');
  const abort = new AbortController();
  const record = recordRun();
  const adopting = kit.runner().adopt('r1', 'team', record.handlers, abort.signal);
  await record.started;
  abort.abort();
  expect(await adopting).toMatchObject({ class: 'cancelled', detail: 'asked to' });
});

test('an adopted run has a deadline of its own', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  await letGoDuring(kit, 'hang');
  const next = kit.runner({ containerTimeoutMs: 200, graceMs: 10 });
  const outcome = await next.adopt('r1', 'team', recordRun().handlers, endless);
  expect(outcome).toMatchObject({ status: 'failed', class: 'timeout' });
  expect(await kit.containers()).toEqual([]);
});

test('a run that ended while no host was there is answered from the log, even if its container died', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const { run } = await letGoDuring(kit, 'wait go');
  const container = kit.docker.getContainer(run.containers[0]!);
  const log = await container.logs({ follow: true, stdout: true });
  const answered = new Promise<void>((resolve) => {
    log.on('data', (chunk: Buffer) => {
      if (chunk.includes('waited for go')) resolve();
    });
  });
  await writeFile(join(kit.paths.ipc('team'), 'input', 'go'), '');
  await answered;
  await container.kill();
  const next = kit.runner();
  const outcome = await next.adopt('r1', 'team', recordRun().handlers, endless);
  expect(outcome).toMatchObject({ status: 'answered', text: 'waited for go' });
  await next[Symbol.asyncDispose]();
  expect(await kit.containers()).toEqual([]);
});

test('a run whose container died without a result fails', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const { run } = await letGoDuring(kit, 'hang');
  await kit.docker.getContainer(run.containers[0]!).kill();
  const outcome = await kit.runner().adopt('r1', 'team', recordRun().handlers, endless);
  expect(outcome).toMatchObject({ class: 'internal', detail: expect.stringContaining('137') });
});

test('a run that no container has is not adopted', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  expect(await kit.runner().adopt('r1', 'team', recordRun().handlers, endless)).toBeUndefined();
});

test('a container that was never given the run does not have it and is removed', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const plan = await kit.planAgent(team);
  if (!plan.ok) throw new Error(plan.reason);
  const feed = new EventFeed(kit.logger);
  const start = { spec: plan.spec, fingerprint: 'f', runId: 'r1', feed };
  const process = await kit.runtime.start(start, endless);
  await feed.ready;
  await process.detach();
  expect(await kit.containers()).toHaveLength(1);
  const next = kit.runner({ adoptWaitMs: 200 });
  expect(await next.adopt('r1', 'team', recordRun().handlers, endless)).toBeUndefined();
  expect(await kit.containers()).toEqual([]);
});

test('a host that stops removes its idle containers and lets a starting run go', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner();
  await runner.run(makeRequest('r1', 'echo 1'), team, recordRun().handlers, endless);
  const other = makeGroup('other');
  const starting = runner.run(makeRequest('r2', 'echo 2'), other, recordRun().handlers, endless);
  await runner[Symbol.asyncDispose]();
  expect(await starting).toEqual({ status: 'detached' });
  expect(await kit.containers()).toEqual([]);
});

test('the reaper removes what an earlier host left, but no kept folder and no other installation', async (context) => {
  const docker = await requireBaseImage(context);
  await using kit = await AgentKit.create(docker);
  await using foreign = await AgentKit.create(docker);
  await letGoDuring(kit, 'hang');
  await letGoDuring(foreign, 'hang');
  const { installationId, logger } = kit;
  const deps = { docker, installationId, logger };
  expect(await reapContainers({ ...deps, keepFolders: new Set(['team']) })).toBe(0);
  expect(await reapContainers({ ...deps, keepFolders: new Set() })).toBe(1);
  expect(await kit.containers()).toEqual([]);
  expect(await foreign.containers()).toHaveLength(1);
});
