import type { Runs } from '../db/runs.ts';
import type { Engine } from '../engine/engine.ts';
import type { Registrations } from '../registrations/registrations.ts';
import type { Agents } from './agents.ts';

export interface PrepareAgentsParts {
  readonly agents: Pick<Agents, 'findDoors' | 'findBehindDoors' | 'prepare'>;
  readonly engine: Pick<Engine, 'readmit'>;
  readonly runs: Pick<Runs, 'running'>;
  readonly registrations: Pick<Registrations, 'get'>;
}

/**
 * Makes agents possible. Those that an earlier host left are let on to their models first: their connections are held
 * for a minute, and to build an image takes longer.
 */
export async function prepareAgents(
  { agents, engine, runs, registrations }: PrepareAgentsParts,
  signal: AbortSignal,
): Promise<void> {
  await agents.findDoors();
  await engine.readmit(await agents.findBehindDoors());
  // Runs of groups that are registered no more are given up, so their containers have nobody.
  const left = runs.running().filter((run) => registrations.get(run.chatJid) !== undefined);
  await agents.prepare(new Set(left.map((run) => run.folder)), signal);
}
