import type { WebWorld } from '../../src/web/web-world.fixture.ts';
import type { AttackOutcome } from './outcome.ts';

interface ForgedRequest {
  readonly what: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
}

/** What a page of another site, another name for this machine or another user of it would send. */
function forgedRequests({ origin, cookie }: WebWorld): readonly ForgedRequest[] {
  const own = { cookie, origin, 'content-type': 'application/x-www-form-urlencoded' };
  const [name = ''] = cookie.split('=');
  return [
    { what: 'no cookie', method: 'GET', headers: {} },
    { what: 'an empty cookie', method: 'GET', headers: { cookie: `${name}=` } },
    {
      what: 'a cookie of that length',
      method: 'GET',
      headers: { cookie: cookie.replace(/=.+/, (value) => `=${'A'.repeat(value.length - 1)}`) },
    },
    {
      what: 'the beginning of the cookie',
      method: 'GET',
      headers: { cookie: cookie.slice(0, -1) },
    },
    {
      what: 'a name that was bound anew',
      method: 'GET',
      headers: { cookie, host: 'evil.example' },
    },
    {
      what: 'a name that ends like ours',
      method: 'GET',
      headers: { cookie, host: '127.0.0.1.evil.example' },
    },
    { what: 'another site', method: 'POST', headers: { ...own, origin: 'https://evil.example' } },
    { what: 'no site', method: 'POST', headers: { ...own, origin: 'null' } },
    {
      what: 'another port of ours',
      method: 'POST',
      headers: { ...own, origin: 'http://127.0.0.1:1' },
    },
    {
      what: 'a page that a browser calls foreign',
      method: 'POST',
      headers: { ...own, 'sec-fetch-site': 'cross-site' },
    },
    {
      what: 'no origin',
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    },
  ];
}

/** T21: each forged request to the page of a group; stopped when it is refused and the registrations stay. */
export async function forgeRequests(world: WebWorld, path: string): Promise<AttackOutcome> {
  const forged = forgedRequests(world);
  const before = JSON.stringify(world.registrations.all());
  const passed: string[] = [];
  for (const { what, method, headers } of forged) {
    const { status } = await world.send(
      method,
      path,
      headers,
      method === 'POST' ? 'name=stolen' : '',
    );
    if (![401, 403, 421].includes(status)) passed.push(`${what}: ${status}`);
  }
  if (JSON.stringify(world.registrations.all()) !== before)
    passed.push('the registrations changed');
  const evidence = passed.join('; ') || 'all refused';
  return { tried: forged.length, stopped: forged.length - passed.length, evidence };
}
