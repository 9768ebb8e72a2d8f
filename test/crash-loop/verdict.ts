import type { JudgedPart } from './ledger/judge-parts.ts';
import type { JudgedRequest } from './ledger/judge-requests.ts';
import type { JudgedSlot } from './ledger/judge-slots.ts';
import type { JudgedTrigger } from './ledger/judge-triggers.ts';
import type { RepeatedRun } from './ledger/ledger.ts';
import type { Sighting } from './ledger/twice-watch.ts';
import type { Visible } from './ledger/visible.ts';
import type { Figures, Problem } from './result.ts';

/** Everything that was judged when the host had come to rest. */
export interface Findings {
  readonly triggers: readonly JudgedTrigger[];
  readonly parts: readonly JudgedPart[];
  readonly requests: readonly JudgedRequest[];
  readonly slots: readonly JudgedSlot[];
  readonly repeatedRuns: readonly RepeatedRun[];
  /** Messages that nothing accounts for. */
  readonly unaccounted: readonly Visible[];
  /** What was seen a second time, when it was. */
  readonly sightings: readonly Sighting[];
  /** A line each. */
  readonly orphans: readonly string[];
  readonly broken: readonly string[];
}

export function countFindings(found: Findings): Figures {
  const { triggers, parts, requests, slots } = found;
  const count = <T extends { verdict: string }>(items: readonly T[], verdict: T['verdict']) =>
    items.filter((item) => item.verdict === verdict).length;
  return {
    triggers: triggers.length,
    answered: count(triggers, 'answered'),
    told: count(triggers, 'told'),
    lost: count(triggers, 'lost') + count(parts, 'lost'),
    duplicated: count(triggers, 'duplicated') + count(parts, 'duplicated'),
    slots: slots.length,
    slotsTwice: count(slots, 'twice'),
    slotsLost: count(slots, 'lost'),
    requests: requests.length,
    requestsRefused: count(requests, 'refused'),
    requestsTwice: count(requests, 'twice'),
    requestsLost: count(requests, 'lost'),
    runsTwice: found.repeatedRuns.length,
    orphans: found.orphans.length,
    broken: found.broken.length,
    seenTwice: found.sightings.length,
    unexplained: found.unaccounted.length,
  };
}

/** A title and what is known, for everything that is not as it should be. */
export function describeFindings(found: Findings): Problem[] {
  const { triggers, parts, requests, slots, sightings } = found;
  return [
    ...triggers.filter(({ verdict }) => isFault(verdict)).map((one) => toldOf(one, sightings)),
    ...parts.map(({ runId, part, verdict }) => plain(`part ${part} of ${runId} ${verdict}`)),
    ...requests
      .filter(({ verdict }) => verdict === 'lost' || verdict === 'twice')
      .map(({ request, verdict, reason }) =>
        plain(`request ${request.token} ${verdict}: ${reason}`, [JSON.stringify(request)]),
      ),
    ...slots
      .filter(({ verdict }) => isFault(verdict))
      .map(({ taskId, scheduledFor, verdict, reason }) =>
        plain(`slot ${new Date(scheduledFor).toISOString()} of ${taskId} ${verdict}: ${reason}`),
      ),
    ...found.repeatedRuns.map(({ runId, life }) =>
      plain(`${runId} was begun in life ${life} although an agent had the run`),
    ),
    ...found.orphans.map((orphan) => plain(`left over: ${orphan}`)),
    ...found.broken.map((broken) => plain(`a host ended by itself: ${broken}`)),
    ...sightings.map(({ what, life }) => plain(`${what} was seen again in life ${life}`)),
    ...found.unaccounted.map(({ text }) => plain(`nobody knows why this was said: ${text}`)),
  ];
}

function isFault(verdict: JudgedTrigger['verdict'] | JudgedSlot['verdict']): boolean {
  return verdict === 'lost' || verdict === 'duplicated' || verdict === 'twice';
}

function toldOf(
  { trigger, shown, verdict }: JudgedTrigger,
  sightings: readonly Sighting[],
): Problem {
  const { token, life, text, messageId } = trigger;
  const again = sightings.filter(({ what }) => what === token).map((one) => one.life);
  return {
    title: `${token} ${verdict}`,
    messageId,
    story: [
      `asked in life ${life}: ${text} (${messageId})`,
      ...shown.map((one) => `shown as ${one.id} to ${one.readers.size}: ${firstLine(one.text)}`),
      ...(again.length === 0 ? [] : [`seen again in life ${again.join(', ')}`]),
    ],
  };
}

function plain(title: string, story: readonly string[] = []): Problem {
  return { title, story };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
