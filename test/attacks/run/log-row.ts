import type { AttackOutcome } from '../outcome.ts';
import { dumpRows } from '../secrets/dump-rows.ts';
import { findCanaries } from '../secrets/find-canaries.ts';
import type { AttackRow } from './attack-row.ts';
import { type HostSite, WALLED } from './host-site.ts';
import { inside } from './inside.ts';
import { never } from './press-knocks.ts';

const ASK_FOR = inside('ask-for');
const MAILBOX = `"\${DECKHAND_WORKSPACE:-/workspace}/ipc/messages"`;
/** What members write, also where it is quoted, is no failure; the keys of WhatsApp are none either. */
const NO_FAILURE = /^(?:messages|outbox|wa_\w+) /;

interface Failure {
  /** Stands before the secret in what is said: by it the failure is found where it is told. */
  readonly mark: string;
  readonly needsDoor?: true;
  make(site: HostSite, secret: string, signal: AbortSignal): Promise<unknown>;
}

const FAILURES: readonly Failure[] = [
  {
    mark: 'agent-fails',
    make: (site, secret, signal) => site.tell(`agent: broken agent-fails ${secret}`, signal),
  },
  {
    mark: 'agent-exits',
    make: (site, secret, signal) => site.tell(`agent: exit 3 agent-exits ${secret}`, signal),
  },
  {
    mark: 'request-fails',
    make: (site, secret, signal) =>
      site.command(`echo '{' > ${MAILBOX}/'request-fails ${secret}.json'; echo asked`, signal),
  },
  {
    mark: 'host-is-denied',
    needsDoor: true,
    make: (site, secret, signal) =>
      site.program(ASK_FOR, { place: `host-is-denied.${secret}.test:1` }, signal, WALLED),
  },
];

/** What is kept of failures that have a secret in them. */
export const LOG_ROWS: readonly AttackRow<HostSite>[] = [
  { id: 'T22', attack: 'failures that tell a secret', prove: failWithSecret, press: pressFailures },
];

/** T22: stopped when log or database tell of each failure, and nothing that is kept or told has the secret. */
async function failWithSecret(site: HostSite, signal: AbortSignal): Promise<AttackOutcome> {
  const { OPENAI_API_KEY: key = '' } = site.world.config.secrets;
  const failures = FAILURES.filter(({ needsDoor }) => site.docker !== undefined || !needsDoor);
  const begin = site.log.length;
  const seen = new Set(site.ana.seen);
  for (const failure of failures) await failure.make(site, key, signal);
  const told = site.ana.seen.filter((one) => one.fromCompanion && !seen.has(one));
  const kept = [...site.log.slice(begin), ...told.map(({ text }) => text), ...keptOfFailures(site)];
  const known = failures.filter(({ mark }) => kept.some((line) => line.includes(mark)));
  const leaks = kept.filter((line) => findCanaries(Buffer.from(line), { key }).length > 0);
  const evidence = [
    `told of: ${known.map(({ mark }) => mark).join()}`,
    `${leaks.length} of ${kept.length} lines, rows and notices have the secret, such as ${leaks[0] ?? 'none'}`,
  ].join('; ');
  return { tried: failures.length, stopped: Math.max(0, known.length - leaks.length), evidence };
}

function keptOfFailures(site: HostSite): string[] {
  return site.read(dumpRows).filter((row) => !NO_FAILURE.test(row));
}

async function pressFailures(site: HostSite, signal: AbortSignal): Promise<void> {
  const { OPENAI_API_KEY: key = '' } = site.world.config.secrets;
  while (!signal.aborted) await site.tell(`agent: broken again ${key}`, never);
}
