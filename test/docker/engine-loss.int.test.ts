import { expect, test } from 'vitest';
import { createDockerRuntime } from '../../src/containers/docker-runtime.ts';
import { AgentKit, endless, makeGroup, makeRequest, recordRun } from './agent-kit.ts';
import { requireBaseImage } from './engine.ts';
import { EngineProxy } from './engine-proxy.ts';

const team = makeGroup('team');

test('a run whose engine drops all connections fails, its container goes, and the next run works', async (context) => {
  await requireBaseImage(context);
  await using proxy = await EngineProxy.open();
  await using kit = await AgentKit.create(proxy.docker);
  const runner = kit.runner();
  const record = recordRun();
  const running = runner.run(makeRequest('r1', 'hang'), team, record.handlers, endless);
  await record.started;
  proxy.cut();
  expect(await running).toMatchObject({
    status: 'failed',
    class: 'internal',
    detail: 'the container engine stopped answering',
  });
  expect(await kit.containers()).toEqual([]);
  const next = makeRequest('r2', 'echo 2');
  const outcome = await runner.run(next, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({ status: 'answered', text: '2' });
});

test('a run ends when it is cancelled while the engine hangs', async (context) => {
  const docker = await requireBaseImage(context);
  await using kit = await AgentKit.create(docker);
  await using proxy = await EngineProxy.open();
  const runtime = createDockerRuntime({
    docker: proxy.docker,
    logger: kit.logger,
    settings: kit.settings(),
    engineAnswerMs: 100,
  });
  const record = recordRun();
  const cancel = new AbortController();
  const request = makeRequest('r1', 'hang');
  const running = kit.runner({ runtime }).run(request, team, record.handlers, cancel.signal);
  await record.started;
  proxy.freeze();
  cancel.abort();
  expect(await running).toMatchObject({ status: 'failed', class: 'cancelled' });
});
