import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebWorld } from '../web-world.fixture.ts';

const PAGES = [
  '/',
  '/link',
  '/groups',
  '/groups/family',
  '/tasks',
  '/runs',
  '/why',
  '/logs',
  '/events',
  '/nothing',
];

let world: WebWorld;
beforeEach(async () => {
  world = await WebWorld.open({ '1@g.us': { name: 'Family', folder: 'family' } });
});
afterEach(() => world[Symbol.asyncDispose]());

test.each(PAGES)('%s is refused to a browser that has not shown the token', async (path) => {
  const answers = [
    await world.send('GET', path),
    await world.get(path, { cookie: `deckhand_${world.console.port}=${world.token}` }),
    await world.get(path, { cookie: `deckhand_1=${world.cookie.split('=')[1]}` }),
    await world.get(path, { cookie: '' }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  expect(answers[0]?.body).toContain('Open the address that the host prints');
  expect(answers[0]?.body).not.toContain('Family');
});

test('the address lets a browser in with a cookie that scripts and other sites do not get', async () => {
  const { pathname, search } = new URL(world.console.address);
  const answer = await world.send('GET', `${pathname}${search}`);
  expect(answer).toMatchObject({ status: 303, headers: { location: '/' } });
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  expect(cookie).toBe(`${world.cookie}; Path=/; HttpOnly; SameSite=Strict`);
  expect(cookie).not.toContain(world.token);
  expect((await world.get('/', { cookie: world.cookie })).status).toBe(200);
});

test.each(['', 'wrong', 'x'.repeat(43), 'x'.repeat(10_000)])(
  'a wrong token of whatever length lets nobody in',
  async (token) => {
    const answer = await world.send('GET', `/enter?token=${token}`);
    expect(answer.status).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
  },
);

test.each(['evil.example', 'evil.example:7788', '127.0.0.1', 'localhost', '0.0.0.0'])(
  'a request for the host %s is refused, although it has the cookie and the token',
  async (name) => {
    const host = name === '0.0.0.0' ? `0.0.0.0:${world.console.port}` : name;
    for (const path of ['/', `/enter?token=${world.token}`, '/assets/console.js', '/events']) {
      const { status, headers } = await world.get(path, { host });
      expect([400, 403]).toContain(status);
      expect(headers['set-cookie']).toBeUndefined();
    }
  },
);

test('localhost is our name too', async () => {
  expect((await world.get('/', { host: `localhost:${world.console.port}` })).status).toBe(200);
});

test.each([
  ['another site', 'https://evil.example'],
  ['another port of this machine', 'http://127.0.0.1:1'],
  ['another scheme', 'https://127.0.0.1'],
  ['nobody', 'null'],
])('a form of %s changes nothing', async (_who, origin) => {
  const answer = await world.post('/groups/family', { provider: 'codex' }, { origin });
  expect(answer.status).toBe(403);
  expect(world.registrations.byFolder('family')?.provider).toBe('claude');
});

test('a form without an origin changes nothing', async () => {
  const { status } = await world.send('POST', '/link/again', { cookie: world.cookie });
  expect(status).toBe(403);
});

test.each(['cross-site', 'same-site'])('a script of a %s page reads nothing', async (site) => {
  for (const path of ['/', '/events']) {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' };
    expect((await world.get(path, headers)).status).toBe(403);
  }
  const visit = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' };
  expect((await world.get('/', visit)).status).toBe(200);
});

test('every answer forbids foreign code, frames, guessing of types and keeping a copy', async () => {
  const answers = [
    await world.get('/'),
    await world.get('/nothing'),
    await world.send('GET', '/'),
    await world.get('/', { host: 'evil.example' }),
    await world.get('/assets/theme.css'),
    await world.post('/link/again'),
  ];
  for (const { headers } of answers) {
    expect(headers['content-security-policy']).toMatch(/^default-src 'self';/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  }
});

test('assets are a list of names, and no way to other files', async () => {
  expect((await world.send('GET', '/assets/console.js')).headers['content-type']).toMatch(
    /javascript/,
  );
  for (const path of [
    '/assets/../security/token.ts',
    '/assets/%2e%2e/console.ts',
    '/assets/tsconfig.json',
    '/assets/..%2f..%2fpaths.ts',
  ]) {
    expect([401, 404]).toContain((await world.send('GET', path)).status);
    expect((await world.get(path)).status).toBe(404);
  }
});

test.each(['multipart/form-data', 'multipart/form-data; boundary=x', 'text/plain', ''])(
  'a body of the type %j is no form',
  async (type) => {
    const headers = { 'content-type': type };
    const answer = await world.post('/groups/family', { provider: 'codex' }, headers);
    expect(answer.status).toBe(400);
  },
);

test('a body that is longer than any form is refused unread', async () => {
  const answer = await world.post('/groups/family', { model: 'x'.repeat(20_000) });
  expect(answer.status).toBe(413);
  expect(answer.body).toContain('longer than any form');
});
