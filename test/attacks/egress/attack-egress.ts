import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type Docker from 'dockerode';
import type { EgressDenial, EgressPolicy } from '../../../src/core/egress.ts';
import { OutsideWorld } from '../../../src/egress/outside-world.fixture.ts';
import { Canary } from './canary.ts';
import type { Attempt, Targets } from './targets.ts';

export interface EgressAttack {
  readonly docker: Docker;
  /** With Node and curl; with Chromium where there is to be a browser. */
  readonly image: string;
  readonly network: 'none' | 'bridge';
  readonly policy: EgressPolicy;
  readonly hasBrowser: boolean;
  /** Lets the group reach the canary by EGRESS_PRIVATE_HOSTS: a positive control. */
  readonly isCanaryAllowed?: boolean;
}

export interface EgressFindings {
  readonly attempts: readonly Attempt[];
  /** Connections and datagrams that have reached this machine. */
  readonly touches: number;
  readonly denials: readonly EgressDenial[];
}

/** Tries to get out of a container in every way that is known, and looks at what arrived outside. */
export async function attackEgress(attack: EgressAttack): Promise<EgressFindings> {
  const secret = `canary-${randomBytes(8).toString('hex')}`;
  const { canary, ...ports } = await Canary.start(secret);
  await using _canary = canary;
  const host = await findBridgeAddress(attack.docker);
  const own = attack.isCanaryAllowed ? [`${host}:${ports.port}`] : [];
  await using world = await OutsideWorld.start(own);
  world.policy = attack.policy;
  const loopback = { status: 'found', addresses: ['127.0.0.1'] } as const;
  for (const name of ['evil.test', 'allowed.test', 'localhost']) world.names.set(name, loopback);
  const targets = { host, ...ports, secret, hasBrowser: attack.hasBrowser };
  const attempts = await runInContainer(attack, world.path, targets);
  return { attempts, touches: canary.touches, denials: world.denials };
}

/** At this address of the machine its containers reach it when they have the engine's usual network. */
async function findBridgeAddress(docker: Docker): Promise<string> {
  const { IPAM } = await docker.getNetwork('bridge').inspect();
  const gateway = IPAM?.Config?.[0]?.['Gateway'];
  if (gateway === undefined) throw new Error("the engine's bridge has no address");
  return gateway;
}

async function runInContainer(
  { docker, image, network }: EgressAttack,
  socket: string,
  targets: Targets,
): Promise<Attempt[]> {
  const folder = await mkdtemp(join(tmpdir(), 'deckhand-escape-'));
  await writeFile(join(folder, 'targets.json'), JSON.stringify(targets));
  for (const path of [folder, dirname(socket)]) await chmod(path, 0o755);
  await chmod(socket, 0o666);
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: ['node', '/attempts/escape.ts'],
    User: '1000:1000',
    Env: ['HTTP_PROXY=http://127.0.0.1:8788', 'http_proxy=http://127.0.0.1:8788'],
    HostConfig: {
      NetworkMode: network,
      CapDrop: ['ALL'],
      Init: true,
      Mounts: [
        { Type: 'bind', Source: folder, Target: '/attack', ReadOnly: true },
        { Type: 'bind', Source: import.meta.dirname, Target: '/attempts', ReadOnly: true },
        { Type: 'bind', Source: dirname(socket), Target: '/run/deckhand', ReadOnly: true },
      ],
    },
  });
  try {
    await container.start();
    await container.wait();
    const output = await container.logs({ stdout: true, stderr: true });
    return readAttempts(output);
  } finally {
    await container.remove({ force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

/** Docker puts eight bytes before each piece of output. */
function readAttempts(output: Buffer): Attempt[] {
  let text = '';
  for (let at = 0; at < output.length; ) {
    const size = output.readUInt32BE(at + 4);
    text += output.subarray(at + 8, at + 8 + size).toString();
    at += 8 + size;
  }
  const line = text.split('\n').find((one) => one.startsWith('['));
  if (line === undefined) throw new Error(`the attempts were not made: ${text.slice(0, 500)}`);
  return JSON.parse(line) as Attempt[];
}
