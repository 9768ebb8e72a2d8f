import type { RegisteredGroup } from '../../core/group.ts';
import type { ModelProvider } from '../../core/models/model-ref.ts';
import { pingModelServer } from '../../models/ping.ts';
import type { CliContext } from '../context.ts';
import { type Finding, ok } from './finding.ts';
import { type Candidate, listCandidates } from './ping-targets.ts';
import { judgePing } from './ping-words.ts';

/** A provider that took a credential, and the models that it listed. */
export interface AnsweredProvider {
  readonly provider: ModelProvider;
  readonly models: readonly string[];
}

export interface Pings {
  readonly findings: readonly Finding[];
  readonly answered: readonly AnsweredProvider[];
  /** What the clocks of the servers showed, unix milliseconds. */
  readonly serverTimes: readonly number[];
}

export const NO_PINGS: Pings = { findings: [], answered: [], serverTimes: [] };

/** Shows each credential to the server that it is for. Refreshes nothing, and starts no model. */
export async function pingCredentials(
  context: CliContext,
  groups: readonly RegisteredGroup[],
  signal: AbortSignal,
): Promise<Pings> {
  const candidates = await listCandidates(context, groups);
  const pings = await Promise.all(candidates.map((candidate) => pingOne(candidate, signal)));
  return {
    findings: pings.flatMap(({ findings }) => findings),
    answered: pings.flatMap(({ answered }) => answered),
    serverTimes: pings.flatMap(({ serverTimes }) => serverTimes),
  };
}

async function pingOne(candidate: Candidate, signal: AbortSignal): Promise<Pings> {
  const { name, provider, readTarget } = candidate;
  let target = await readTarget();
  if (target === undefined) {
    const detail = `${name} was not asked with: it has expired, and the host renews it`;
    return { ...NO_PINGS, findings: [ok('ping', detail)] };
  }
  let ping = await pingModelServer(target, signal);
  if (ping.outcome.status === 'answered' && ping.outcome.code === 401) {
    // The host may have renewed it between the reading and the asking.
    const renewed = await readTarget();
    if (renewed !== undefined && renewed.secret !== target.secret) {
      target = renewed;
      ping = await pingModelServer(target, signal);
    }
  }
  const { outcome, serverTime } = ping;
  return {
    findings: [judgePing(candidate, target, ping)],
    answered: outcome.status === 'ok' ? [{ provider, models: outcome.models }] : [],
    serverTimes: serverTime === undefined ? [] : [serverTime],
  };
}
