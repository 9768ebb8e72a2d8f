import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createCredentialStore } from '../../credentials/file-credential-store.ts';
import { type CliWorld, createCliWorld, NOW } from '../cli-world.fixture.ts';

let world: CliWorld;
let server: Server;
let asked: string[] = [];
beforeEach(async () => {
  world = createCliWorld();
  world.register({});
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.url?.split('?')[0]} ${request.headers.authorization}`);
    const isApi = request.url === '/v1/models';
    const body = isApi ? { data: [{ id: 'gpt-8' }] } : { models: [{ slug: 'gpt-9' }] };
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  world.environment['CHATGPT_BASE_URL'] = `${url}/backend-api`;
  world.environment['OPENAI_BASE_URL'] = `${url}/v1`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  world[Symbol.dispose]();
});

const store = () => createCredentialStore({ folder: world.paths.credentials });

async function signIn(expiresAt: number): Promise<void> {
  const tokens = { accessToken: 'access', refreshToken: 'refresh', idToken: 'id' };
  const times = { expiresAt, refreshedAt: 1, signedInAt: 1 };
  const rest = { v: 1, kind: 'sign_in', accountId: 'acct', source: 'browser' } as const;
  await store().write({ name: 'openai-codex' }, { ...rest, ...tokens, ...times });
}

const listing = z.object({
  models: z.array(z.looseObject({ name: z.string(), status: z.string() })),
  notes: z.array(z.string()),
});

async function listLive() {
  const { code, stdout } = await world.run('models', 'list', '--live', '--json');
  expect(code).toBe(0);
  const { models, notes } = listing.parse(JSON.parse(stdout));
  return { notes, status: new Map(models.map(({ name, status }) => [name, status])) };
}

test('ChatGPT and the API are asked with the stored sign-in and key', async () => {
  await signIn(NOW + 1000);
  await store().write({ name: 'openai' }, { v: 1, kind: 'api_key', key: 'sk-stored', savedAt: 1 });
  const { status, notes } = await listLive();
  expect(notes).toEqual([]);
  expect(asked.sort()).toEqual([
    '/backend-api/codex/models Bearer access',
    '/v1/models Bearer sk-stored',
  ]);
  expect(status.get('openai-codex/gpt-9')).toBe('catalog');
  expect(status.get('openai/gpt-8')).toBe('catalog');
  expect(status.get('openai-codex/gpt-5.3-codex')).toBe('unknown');
});

test('a key of the configuration wins over the stored one', async () => {
  world.environment['OPENAI_API_KEY'] = 'sk-configured';
  await store().write({ name: 'openai' }, { v: 1, kind: 'api_key', key: 'sk-stored', savedAt: 1 });
  await listLive();
  expect(asked).toEqual(['/v1/models Bearer sk-configured']);
});

test('an access token that has expired is not used, and nothing is refreshed', async () => {
  await signIn(NOW);
  const { notes } = await listLive();
  expect(asked).toEqual([]);
  expect(notes).toContainEqual(expect.stringContaining('ChatGPT sign-in that is valid now'));
});
