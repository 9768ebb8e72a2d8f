import type { Destination } from '../core/destination.ts';
import type { EgressDenialReason } from '../core/egress.ts';
import { formatHost } from '../core/host.ts';
import type { Judgement } from './judge-destination.ts';

/** Why the client gets nothing, in an HTTP status and a sentence that its agent can pass on to people. */
export interface Refusal {
  readonly status: 400 | 403 | 502 | 503 | 504;
  readonly sentence: string;
}

export const NOT_A_DESTINATION: Refusal = {
  status: 400,
  sentence:
    'This is a proxy: ask it by CONNECT host:port, or for a whole URL that begins with http://.',
};

export const TOO_MANY_REQUESTS: Refusal = {
  status: 503,
  sentence: 'This agent has too much going on outside; end some of it and try again.',
};

/** For each end but the good one. */
export function refusalOf(
  judgement: Exclude<Judgement, { status: 'reachable' }>,
  { host, port }: Destination,
): Refusal {
  const name = formatHost(host);
  switch (judgement.status) {
    case 'denied':
      return { status: 403, sentence: SENTENCES[judgement.reason](name, port) };
    case 'unknown_name':
      return { status: 502, sentence: `There is no host ${name}.` };
    case 'lookup_failed':
      return { status: 502, sentence: `The name server did not say where ${name} is; try again.` };
    default:
      return judgement satisfies never;
  }
}

export function unreachable({ host, port }: Destination, isTimeout: boolean): Refusal {
  const where = `${formatHost(host)}:${port}`;
  return isTimeout
    ? { status: 504, sentence: `${where} did not answer in time.` }
    : { status: 502, sentence: `${where} could not be reached, or broke off.` };
}

const SENTENCES: Readonly<Record<EgressDenialReason, (name: string, port: number) => string>> = {
  policy: (name, port) =>
    `The egress policy of this group does not allow ${name}:${port}. The person who runs Deckhand can change ` +
    'that: `deckhand groups set --help`.',
  private_address: (name) =>
    `${name} is not on the internet: it is, or leads to, an address of a private network. The person who runs ` +
    'Deckhand can allow it with EGRESS_PRIVATE_HOSTS.',
  bad_host: (name) => `${name} is neither a name nor an address.`,
};
