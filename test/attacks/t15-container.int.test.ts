import { mkdir } from 'node:fs/promises';
import type Docker from 'dockerode';
import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import { expect, test } from 'vitest';
import { oneOffOwner } from '../../src/containers/one-off.ts';
import { tryMounts } from '../../src/containers/round-trip.ts';
import { AgentKit, endless, makeGroup, makeRequest, recordRun } from '../docker/agent-kit.ts';
import { BASE_IMAGE, requireBaseImage } from '../docker/engine.ts';
import { OwnEngine } from '../docker/own-engine.ts';
import { findForbidden } from './forbidden-options.ts';

const team = makeGroup('team');

/** An engine that also keeps what it says of each container right after it was made. */
function recordMade(docker: Docker): { docker: Docker; made: ContainerInspectInfo[] } {
  const made: ContainerInspectInfo[] = [];
  const recording: Docker = Object.create(docker);
  recording.createContainer = async (options: ContainerCreateOptions) => {
    const container = await docker.createContainer(options);
    made.push(await container.inspect());
    return container;
  };
  return { docker: recording, made };
}

async function answerOf(kit: AgentKit, prompt: string): Promise<string> {
  const request = makeRequest('r1', prompt, { maxOutputChars: 20_000 });
  const outcome = await kit.runner().run(request, team, recordRun().handlers, endless);
  if (outcome.status !== 'answered') throw new Error(JSON.stringify(outcome));
  return outcome.text;
}

test.for([
  ['a run', {}],
  ['a question from a terminal', { endsWithStarter: true, installationId: oneOffOwner('t15') }],
] as const)(
  'T15: a container of %s has nothing of the forbidden set',
  async ([, settings], context) => {
    const { docker, made } = recordMade(await requireBaseImage(context));
    await using kit = await AgentKit.create(docker, { settings });
    await answerOf(kit, 'echo 1');
    expect(made.map(findForbidden)).toEqual([[]]);
  },
);

test("T15: the container of doctor's round trip has nothing of the forbidden set", async (context) => {
  const { docker, made } = recordMade(await requireBaseImage(context));
  await using kit = await AgentKit.create(docker);
  const planned = await kit.planAgent(team);
  if (!planned.ok) throw new Error(planned.reason);
  const trip = await tryMounts({ docker, settings: kit.settings() }, planned.spec, endless);
  expect(trip).toMatchObject({ status: 'done' });
  expect(made.map(findForbidden)).toEqual([[]]);
});

test('T15: the look finds each of the forbidden set where it is', async (context) => {
  const docker = await requireBaseImage(context);
  const container = await docker.createContainer({
    Image: BASE_IMAGE,
    Cmd: ['true'],
    HostConfig: {
      Privileged: true,
      CapAdd: ['SYS_ADMIN'],
      SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
      NetworkMode: 'host',
      PidMode: 'host',
      IpcMode: 'host',
      UTSMode: 'host',
      Binds: ['/var/run/docker.sock:/x'],
      Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/x', CgroupPermissions: 'r' }],
      GroupAdd: ['0'],
    },
  });
  try {
    const found = findForbidden(await container.inspect());
    expect(found).toEqual(
      expect.arrayContaining(
        ['privileged', 'capabilities', 'security options', 'network', 'pid namespace']
          .concat(['ipc namespace', 'uts namespace', 'binds', 'devices', 'groups', 'root user'])
          .concat(['hidden paths', 'writable root', 'no limits', 'restart or no init']),
      ),
    );
  } finally {
    await container.remove({ force: true });
  }
});

test('T15: inside, an agent has no capability, no way to gain one, a system call filter and hidden paths', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const said = await answerOf(
    kit,
    'sh grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status; ulimit -n; ulimit -c; cat /proc/1/oom_score_adj; cat /proc/kcore /proc/keys | wc -c; mount -t tmpfs x /mnt; unshare -U true; echo x > /proc/sys/kernel/hostname; ls /sys/firmware | wc -l',
  );
  for (const name of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
    expect(said).toMatch(new RegExp(`^Cap${name}:\\s+0{16}$`, 'm'));
  expect(said).toMatch(/^NoNewPrivs:\s+1$/m);
  expect(said).toMatch(/^Seccomp:\s+2$/m);
  expect(said).toContain('\n16384\n0\n500\n0\n');
  expect(said).toMatch(/mount: .*(?:denied|superuser)/);
  expect(said).toMatch(/unshare.*not permitted/);
  expect(said).toMatch(/hostname: Read-only/);
});

test('T15: with the gateway there is no network at all, and the door cannot be replaced', async (context) => {
  const { docker, made } = recordMade(await requireBaseImage(context));
  await using kit = await AgentKit.create(docker, {
    outletOf: ({ folder }, paths) => ({ kind: 'gateway', doorFolder: paths.doorFolder(folder) }),
  });
  await mkdir(kit.paths.doorFolder('team'), { recursive: true });
  const said = await answerOf(
    kit,
    'sh tail -n +3 /proc/net/dev | cut -d: -f1; touch /run/deckhand/door.sock; rm -r /run/deckhand; node -e "fetch(\'http://169.254.169.254/\').catch((e)=>console.log(e.cause.code))"',
  );
  expect(said.trim().split('\n')[0]?.trim()).toBe('lo');
  expect(said).toContain('Read-only file system');
  expect(said).toContain('ENETUNREACH');
  expect(made[0]?.HostConfig.NetworkMode).toBe('none');
});

test('T15: another runtime of the engine serves when it is named, and an unknown one fails the run', async (context) => {
  context.skip(process.getuid?.() !== 0, 'an engine of its own needs root');
  const machine = await requireBaseImage(context);
  const runtimes = { runsc: 'runc' };
  await using engine = await OwnEngine.start(context.signal, { runtimes });
  await engine.takeImage(machine, BASE_IMAGE);
  const { docker, made } = recordMade(engine.docker);
  await using kit = await AgentKit.create(docker, { settings: { runtime: 'runsc' } });
  expect(await answerOf(kit, 'echo served')).toBe('served');
  expect(made[0]?.HostConfig).toMatchObject({ Runtime: 'runsc' });
  await using other = await AgentKit.create(docker, { settings: { runtime: 'absent' } });
  await expect(answerOf(other, 'echo 1')).rejects.toThrow(/absent/);
});
