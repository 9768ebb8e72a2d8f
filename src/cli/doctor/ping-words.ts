import type { Ping, PingTarget } from '../../models/ping.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import type { Candidate } from './ping-targets.ts';

type Named = Pick<Candidate, 'name' | 'isUsed' | 'mend'>;
type Target = Pick<PingTarget, 'kind' | 'baseUrl'>;
type Answer = Extract<Ping['outcome'], { status: 'answered' }>;

const OTHERS_ANSWER =
  'Wait; the next model of a chain answers meanwhile, if there is one:\n$ npx deckhand models list';

/** What the answer of a server says of a credential. Nothing in it is a secret. */
export function judgePing(candidate: Named, target: Target, { outcome }: Ping): Finding {
  const { name } = candidate;
  const host = new URL(target.baseUrl).host;
  switch (outcome.status) {
    case 'ok':
      return ok('ping', `${host} takes ${name}`);
    case 'answered':
      return judgeAnswer(candidate, target, host, outcome);
    case 'no_list': {
      const detail = `${host} answers ${name} with something else than a list of models`;
      return problem('ping.unexpected', detail, correctAddress(target));
    }
    case 'timeout': {
      const detail = `${host} did not answer ${name} in time`;
      return problem('ping.timeout', detail, checkNetwork(target));
    }
    case 'unreachable':
      return problem(
        'ping.unreachable',
        `${host} cannot be reached with ${name}: ${describeCode(outcome.code)}`,
        isCertificate(outcome.code) ? TRUST : checkNetwork(target),
      );
    default:
      return outcome satisfies never;
  }
}

function judgeAnswer(candidate: Named, target: Target, host: string, answer: Answer): Finding {
  const { name, mend } = candidate;
  const { code } = answer;
  if (code === 401) return refusal(candidate, 'ping.refused', `${host} refuses ${name}`, mend);
  if (code === 403 && target.kind === 'claude_token') {
    const detail = `${host} answers 403 to ${name}: it is over, or it only may not list models`;
    const ask = `See whether it answers, and sign in again if not:\n$ npx deckhand ask "hello"\n`;
    return warning('ping.unclear', detail, `${ask}${mend.replace('Sign in again:\n', '')}`);
  }
  if (code === 403) {
    const detail = `${host} knows ${name} but does not let it ask for models`;
    const why =
      'Give it the right to list and use models, and see whether your region and plan are served. Or:';
    return refusal(candidate, 'ping.forbidden', detail, `${why} ${mend}`);
  }
  if (code === 429) {
    const { retryAfterSeconds: wait } = answer;
    const until = wait === undefined ? '' : ` for ${wait} s`;
    const detail = `${host} limits ${name} now${until}: too many requests, or nothing left to spend`;
    return warning('ping.limited', detail, OTHERS_ANSWER);
  }
  if (code >= 500) {
    return warning(
      'ping.server',
      `${host} answers ${code} to ${name}: it is in trouble`,
      OTHERS_ANSWER,
    );
  }
  const detail = `${host} answers ${code} to ${name}`;
  return problem('ping.unexpected', detail, correctAddress(target));
}

/** One that no group uses keeps nobody from an answer. */
function refusal(
  { isUsed }: Named,
  id: 'ping.refused' | 'ping.forbidden',
  detail: string,
  mend: string,
): Finding {
  return isUsed ? problem(id, detail, mend) : warning(id, `${detail}; no group uses it`, mend);
}

const VARIABLES = {
  openai_key: 'OPENAI_BASE_URL',
  anthropic_key: 'ANTHROPIC_BASE_URL',
  claude_token: 'ANTHROPIC_BASE_URL',
  chatgpt: 'CHATGPT_BASE_URL',
} as const;

function correctAddress({ kind }: Target): string {
  return `Correct or remove ${VARIABLES[kind]} in .env; if it is not set, see whether a proxy is in between.`;
}

function checkNetwork({ baseUrl }: Target): string {
  return `Check the network and the firewall; from this machine it must be reachable:\n$ curl -I ${new URL(baseUrl).origin}`;
}

const TRUST =
  'Set the clock right. If a proxy looks into connections here, name its certificate in NODE_EXTRA_CA_CERTS.';

function isCertificate(code: string | undefined): boolean {
  return code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code);
}

function describeCode(code: string | undefined): string {
  if (isCertificate(code)) return `its certificate is not accepted (${code})`;
  switch (code) {
    case undefined:
      return 'it cannot be asked with this value';
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name is not known here';
    default:
      return code;
  }
}
