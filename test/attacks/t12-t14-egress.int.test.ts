import { expect, test } from 'vitest';
import type { EgressPolicy } from '../../src/core/egress.ts';
import { parseHostRules } from '../../src/core/egress-policy.ts';
import { requireAgentImage } from '../docker/engine.ts';
import { attackEgress, type EgressFindings } from './egress/attack-egress.ts';
import { expectStopped } from './expect-stopped.ts';

const OPEN: EgressPolicy = { kind: 'open' };
/** One of the names leads to where nobody may go, the other to another container. */
const ALLOWLIST: EgressPolicy = {
  kind: 'allowlist',
  hosts: parseHostRules(['allowed.test', 'neighbour.test']),
};

function through({ attempts }: EgressFindings): string[] {
  return attempts.filter(({ isThrough }) => isThrough).map(({ name }) => name);
}

function expectNoneOut({ attempts, touches }: EgressFindings): void {
  const out = attempts.filter(({ isThrough }) => isThrough);
  const evidence = JSON.stringify({ touches, out });
  expectStopped({ tried: attempts.length, stopped: attempts.length - out.length, evidence });
  expect(touches).toBe(0);
}

test.for<[string, EgressPolicy]>([
  ['open', OPEN],
  ['an allowlist', ALLOWLIST],
  ['the model alone', { kind: 'model-only' }],
])(
  'T12, T14: under %s an agent reaches nothing private, no other container and no other way out than the door',
  async ([, policy], context) => {
    const docker = await requireAgentImage(context);
    const found = await attackEgress({ docker, outlet: 'door', policy });
    expectNoneOut(found);
    expect(found.denials.length).toBeGreaterThan(10);
  },
);

test("T14: the owner's service is reached through the door, and past it is not", async (context) => {
  const docker = await requireAgentImage(context);
  const found = await attackEgress({
    docker,
    outlet: 'door',
    policy: OPEN,
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
  const found = await attackEgress({ docker, outlet: 'network', policy: OPEN });
  expect(through(found)).toEqual(
    expect.arrayContaining([
      "curl past the proxy to the host's address",
      'curl past the proxy to another container',
      'a socket of Node',
      'a socket of bash',
      'a datagram',
      'a browser past the proxy',
    ]),
  );
  expect(found.touches).toBeGreaterThan(5);
});
