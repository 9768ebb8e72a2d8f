import { randomUUID } from 'node:crypto';
import type { Account } from './account.ts';
import type { CodeGrants } from './code-grants.ts';

interface ConsentRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly codeChallenge: string;
}

const REQUIRED: Readonly<Record<string, (value: string) => boolean>> = {
  response_type: (value) => value === 'code',
  scope: (value) => value.split(' ').includes('offline_access'),
  code_challenge: (value) => /^[\w-]{43}$/.test(value),
  code_challenge_method: (value) => value === 'S256',
  state: (value) => value.length >= 16,
  redirect_uri: (value) => URL.canParse(value),
};

/** What people are asked in the browser, and where each decision leads. */
export class Consents {
  readonly #clientId: string;
  readonly #codes: CodeGrants;
  readonly #requests = new Map<string, ConsentRequest>();

  constructor(clientId: string, codes: CodeGrants) {
    this.#clientId = clientId;
    this.#codes = codes;
  }

  /** Checks the parameters of an authorize request as strictly as the real server. */
  begin(query: Readonly<Record<string, string>>): { id: string } | { problem: string } {
    if (query['client_id'] !== this.#clientId) return { problem: 'client_id is not known' };
    for (const [name, isGood] of Object.entries(REQUIRED)) {
      const value = query[name];
      if (value === undefined || !isGood(value)) return { problem: `${name} is missing or wrong` };
    }
    const { redirect_uri = '', state = '', code_challenge = '' } = query;
    const id = randomUUID();
    this.#requests.set(id, { redirectUri: redirect_uri, state, codeChallenge: code_challenge });
    return { id };
  }

  /** The address to send the browser to; undefined when the request is not known or decided already. */
  decide(id: string, isAllowed: boolean, account: Account): string | undefined {
    const request = this.#requests.get(id);
    if (!request) return undefined;
    this.#requests.delete(id);
    const url = new URL(request.redirectUri);
    if (isAllowed) url.searchParams.set('code', this.#codes.issue({ ...request, account }));
    else {
      url.searchParams.set('error', 'access_denied');
      url.searchParams.set('error_description', 'The person said no.');
    }
    url.searchParams.set('state', request.state);
    return url.href;
  }
}
