import { Outlets } from '../../src/app/outlets.ts';
import type { OutletPlan } from '../../src/containers/agent-planner.ts';

/** Of agents that have no door: they reach everything by themselves. */
export const PLAN_NETWORK = (): OutletPlan => ({ ok: true, outlet: { kind: 'network' } });

const settings = { credentials: 'mounted', egress: { policy: 'open', privateHosts: [] } } as const;
const doors = { ok: false, reason: 'there is no engine' } as const;

/** The same for what the host is told of its agents. */
export const BY_NETWORK = {
  outlets: new Outlets(settings, () => '', doors),
  findDoors: () => Promise.resolve(),
  findBehindDoors: () => Promise.resolve(new Set<string>()),
};
