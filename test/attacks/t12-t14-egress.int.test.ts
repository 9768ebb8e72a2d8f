import { expect, test } from 'vitest';
import type { EgressPolicy } from '../../src/core/egress.ts';
import { parseHostRules } from '../../src/core/egress-policy.ts';
import { AGENT_IMAGE, requireAgentImage } from '../docker/engine.ts';
import { attackEgress, type EgressFindings } from './egress/attack-egress.ts';
import { expectStopped } from './expect-stopped.ts';

const ALLOWLIST: EgressPolicy = { kind: 'allowlist', hosts: parseHostRules(['allowed.test']) };
const OPEN: EgressPolicy = { kind: 'open' };

function through({ attempts }: EgressFindings): string[] {
  return attempts.filter(({ isThrough }) => isThrough).map(({ name }) => name);
}

function expectNoneOut({ attempts, touches }: EgressFindings): void {
  const out = attempts.filter(({ isThrough }) => isThrough);
  const evidence = JSON.stringify({ touches, out });
  expectStopped({ tried: attempts.length, stopped: attempts.length - out.length, evidence });
  expect(touches).toBe(0);
}

const ATTACKS: [string, EgressPolicy, boolean][] = [
  ['open', OPEN, true],
  ['an allowlist', ALLOWLIST, false],
  ['the model alone', { kind: 'model-only' }, false],
];

for (const [name, policy, hasBrowser] of ATTACKS) {
  test(`T12, T14: under ${name} nothing private is reached from a container`, async (context) => {
    const docker = await requireAgentImage(context);
    const found = await attackEgress({
      docker,
      image: AGENT_IMAGE,
      network: 'none',
      policy,
      hasBrowser,
    });
    expectNoneOut(found);
    expect(found.denials.length).toBeGreaterThan(10);
  });
}

test("T14: the owner's service is reached through the proxy, and past it is not", async (context) => {
  const docker = await requireAgentImage(context);
  const found = await attackEgress({
    docker,
    image: AGENT_IMAGE,
    network: 'none',
    policy: OPEN,
    hasBrowser: true,
    isCanaryAllowed: true,
  });
  const names = through(found);
  expect(names).toContain('a browser through the proxy');
  expect(names.filter((name) => /proxy to|tunnel to/.test(name)).length).toBeGreaterThan(2);
  expect(names.filter((name) => /past the proxy|socket|datagram|DNS|engine/.test(name))).toEqual(
    [],
  );
});

test('T14: with a network of its own the same attempts get out', async (context) => {
  const docker = await requireAgentImage(context);
  const found = await attackEgress({
    docker,
    image: AGENT_IMAGE,
    network: 'bridge',
    policy: OPEN,
    hasBrowser: true,
  });
  expect(through(found)).toEqual(
    expect.arrayContaining([
      "curl past the proxy to the host's address",
      'a socket of Node',
      'a socket of bash',
      'a datagram',
      'a browser past the proxy',
    ]),
  );
  expect(found.touches).toBeGreaterThan(4);
});
