import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IpcReply, ipcReplySchema } from '@deckhand/protocol';
import { isHostRunning } from '../../src/db/instance-lock.ts';
import { hostPaths } from '../../src/paths.ts';
import { findUnaccounted } from './ledger/find-unaccounted.ts';
import type { HostFacts } from './ledger/host-facts.ts';
import { judgeParts } from './ledger/judge-parts.ts';
import { judgeRequests } from './ledger/judge-requests.ts';
import { judgeSlots } from './ledger/judge-slots.ts';
import { judgeTriggers } from './ledger/judge-triggers.ts';
import type { Ledger, Request } from './ledger/ledger.ts';
import { findLeftoverFiles } from './ledger/leftovers.ts';
import type { Sighting } from './ledger/twice-watch.ts';
import type { Visible } from './ledger/visible.ts';
import type { Findings } from './verdict.ts';
import type { YardAgent } from './yard/yard-agent.ts';

export interface FindingsInput {
  readonly ledger: Ledger;
  readonly visible: readonly Visible[];
  readonly facts: HostFacts;
  readonly home: string;
  /** When the host was at rest, by its clock. */
  readonly restedAt: number;
  readonly aliveAgents: readonly YardAgent[];
  readonly sightings: readonly Sighting[];
  /** What went wrong while the host came to rest. */
  readonly unrest: readonly string[];
  readonly broken: readonly string[];
}

/** Judges everything once the host has stopped. */
export async function judgeAll(input: FindingsInput): Promise<Findings> {
  const { ledger, visible, facts, home, sightings, broken } = input;
  const { triggers, requests } = ledger;
  const tasks = facts.tasks();
  const slots = facts.slots();
  const replyTo = (request: Request) => readReplyFile(home, request);
  return {
    triggers: judgeTriggers(triggers, visible, (id) => facts.runOf(id)),
    parts: judgeParts(visible),
    requests: judgeRequests(requests, { visible, tasks, replyTo }),
    slots: judgeSlots(tasks, slots, visible),
    repeatedRuns: ledger.repeatedRuns,
    unaccounted: findUnaccounted(visible, { triggers, requests, tasks, slots }),
    sightings,
    orphans: await findOrphans(input),
    broken,
  };
}

async function findOrphans(input: FindingsInput): Promise<string[]> {
  const { home, facts, restedAt, aliveAgents, unrest } = input;
  const open = Object.entries(facts.open(restedAt)).filter(([, rows]) => rows > 0);
  return [
    ...unrest,
    ...aliveAgents.map(({ spec }) => `agent ${spec.id} of ${spec.folder}`),
    ...open.map(([name, rows]) => `${rows} open: ${name}`),
    ...(await findLeftoverFiles(home)),
    ...(isHostRunning(hostPaths(home).lock) ? ['the lock of the host'] : []),
  ];
}

function readReplyFile(home: string, { folder, name }: Request): IpcReply | undefined {
  const path = join(hostPaths(home).ipc(folder), 'replies', name);
  if (!existsSync(path)) return undefined;
  return ipcReplySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}
