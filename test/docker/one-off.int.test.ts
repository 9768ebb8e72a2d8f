import { expect, test } from 'vitest';
import { buildContainerOptions } from '../../src/containers/container-options.ts';
import { oneOffOwner, sweepOneOffs } from '../../src/containers/one-off.ts';
import { reapContainers } from '../../src/containers/reaper.ts';
import { AgentKit, endless, makeGroup, makeRequest, recordRun } from './agent-kit.ts';
import { BASE_IMAGE, requireBaseImage } from './engine.ts';

const team = makeGroup('team');
const DAY_MS = 24 * 60 * 60_000;

const sweep = ({ docker, installationId, logger }: AgentKit, afterMs = 0) =>
  sweepOneOffs({ docker, installationId, logger, now: () => Date.now() + afterMs });

/** The agents of a command in the same installation as the host's. */
function oneOffOf(host: AgentKit): AgentKit {
  const installationId = oneOffOwner(host.installationId);
  return AgentKit.open(host.docker, host.home, {
    settings: { installationId, endsWithStarter: true },
  });
}

test('a host neither adopts nor reaps the agent of a command, in the same group and at the same time', async (context) => {
  await using host = await AgentKit.create(await requireBaseImage(context));
  const command = oneOffOf(host);
  const ofHost = recordRun();
  const ofCommand = recordRun();
  const hostRun = host.runner().run(makeRequest('r1', 'wait go'), team, ofHost.handlers, endless);
  const runner = command.runner();
  const stop = new AbortController();
  const commandRun = runner.run(
    makeRequest('r2', 'wait go'),
    team,
    ofCommand.handlers,
    stop.signal,
  );
  const ended = Promise.race([hostRun, commandRun]);
  const started = Promise.all([ofHost.started, ofCommand.started]).then(() => 'started');
  expect(await Promise.race([started, ended])).toBe('started');

  expect((await host.runtime.find('team', endless)).map(({ id }) => id)).toEqual(ofHost.containers);
  const { docker, installationId, logger } = host;
  const keepFolders = new Set<string>();
  const reaped = await reapContainers({ docker, installationId, logger, keepFolders });
  expect(reaped).toBe(1);
  expect(await hostRun).toMatchObject({ status: 'failed' });
  expect(await sweep(host)).toBe(0);
  stop.abort();
  expect(await commandRun).toMatchObject({ status: 'failed', class: 'cancelled' });
  await runner[Symbol.asyncDispose]();
  await expect(host.docker.getContainer(ofCommand.containers[0]!).inspect()).rejects.toMatchObject({
    statusCode: 404,
  });
});

test('what a killed command left is swept: what has ended at once, what was never started after a minute', async (context) => {
  await using host = await AgentKit.create(await requireBaseImage(context));
  const settings = { ...host.settings(), installationId: oneOffOwner(host.installationId) };
  const planned = await host.planAgent(team);
  if (!planned.ok) throw new Error(planned.reason);
  const identity = { imageHash: BASE_IMAGE, fingerprint: 'f', runId: 'r' };
  const make = (command: readonly string[]) =>
    host.docker.createContainer(
      buildContainerOptions({ ...settings, command }, planned.spec, identity),
    );
  const ended = await make(['true']);
  await ended.start();
  await ended.wait();
  await make(['true']);
  expect(await sweep(host)).toBe(1);
  expect(await sweep(host, DAY_MS)).toBe(1);
  expect(await sweep(host, DAY_MS)).toBe(0);
});
