import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLiveCatalog } from './live-catalog.ts';
import { readStoredCatalog, storeCatalog } from './stored-catalog.ts';

const NOW = Date.UTC(2026, 11, 1);
const DAY_MS = 24 * 60 * 60_000;

let folder = '';
let server: Server;
let url = '';
/** Answers by path, and what came with the request. */
let answers: Record<string, { status?: number; body: string }> = {};
let requests: { url: string | undefined; headers: Record<string, unknown> }[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-live-'));
  answers = {};
  requests = [];
  server = createServer((request, response) => {
    requests.push({ url: request.url, headers: request.headers });
    const answer = answers[request.url?.split('?')[0] ?? ''];
    const isRedirect = answer?.status === 302;
    response.writeHead(answer?.status ?? 404, isRedirect ? { location: '/elsewhere' } : {});
    response.end(answer?.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  rmSync(folder, { recursive: true });
});

/** A program in place of the Codex CLI. */
function program(script: string): string {
  const path = join(folder, 'codex');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  return path;
}

const silent = () => program(`echo '{"models":[]}'`);

function read(codexBinary: string | undefined, parts: object = {}) {
  return readLiveCatalog({ codexBinary, ...parts }, () => NOW, new AbortController().signal);
}

const chatgpt = () => ({
  baseUrl: `${url}/backend-api`,
  accessToken: 'access',
  accountId: 'acct-1',
});

test('the CLI is asked in an empty home, and lists models to choose for either credential', async () => {
  const models = [
    { slug: 'a', visibility: 'list', context_window: 5, use_responses_lite: true, new_field: 1 },
    { slug: 'b', visibility: 'hide' },
    {
      slug: 'c',
      supported_in_api: false,
      supported_reasoning_levels: [{ effort: 'low' }, { effort: 'weird' }],
    },
  ];
  const cli = program(
    `[ -z "$(ls -A "$CODEX_HOME")" ] && [ -z "$OPENAI_API_KEY" ] && [ "$*" = "debug models" ] && echo '${JSON.stringify({ models })}'`,
  );
  const { lists, notes } = await read(cli);
  const [a, c] = [
    { model: 'a', contextWindow: 5, isLite: true },
    { model: 'c', efforts: ['low'] },
  ];
  expect(notes).toEqual([]);
  expect(lists).toEqual([
    { provider: 'openai-codex', isComplete: false, models: [a, c] },
    { provider: 'openai', isComplete: false, models: [a] },
  ]);
});

test.each([
  ['that fails', 'exit 1', 'it did not run'],
  ['that prints no JSON', 'echo hello', 'no JSON'],
  ['whose format is another', `echo '{"models":7}'`, 'not a list of models'],
])('a CLI %s leaves a note and no list', async (_title, script, reason) => {
  const { lists, notes } = await read(program(script));
  expect(lists).toEqual([]);
  expect(notes).toEqual([expect.stringContaining(reason)]);
});

test('without the CLI the servers are asked alone, and that is said', async () => {
  answers['/v1/models'] = { status: 200, body: '{"data":[]}' };
  const { lists, notes } = await read(undefined, { api: { baseUrl: `${url}/v1`, key: 'sk' } });
  expect(lists).toEqual([{ provider: 'openai', isComplete: true, models: [] }]);
  expect(notes).toEqual([expect.stringContaining('npm ci')]);
});

test('the ChatGPT backend is asked with the account and says everything that it serves', async () => {
  answers['/backend-api/codex/models'] = {
    status: 200,
    body: JSON.stringify({ models: [{ slug: 'gpt-7', default_reasoning_level: 'high' }] }),
  };
  const { lists } = await read(silent(), { chatgpt: chatgpt() });
  expect(lists.at(-1)).toEqual({
    provider: 'openai-codex',
    isComplete: true,
    models: [{ model: 'gpt-7', defaultEffort: 'high' }],
  });
  expect(requests[0]).toMatchObject({
    url: '/backend-api/codex/models?client_version=0.169.0',
    headers: { authorization: 'Bearer access', 'chatgpt-account-id': 'acct-1' },
  });
});

test('of what the API serves to a key the models that answer in text are kept', async () => {
  const ids = [
    'gpt-5.2-codex',
    'o5',
    'gpt-4o-audio',
    'text-embedding-3',
    'gpt-image-2',
    'whisper-1',
  ];
  answers['/v1/models'] = {
    status: 200,
    body: JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, owned_by: 'x' })) }),
  };
  const { lists } = await read(silent(), { api: { baseUrl: `${url}/v1`, key: 'sk' } });
  expect(lists.at(-1)?.models.map(({ model }) => model)).toEqual(['gpt-5.2-codex', 'o5']);
});

test.each([
  ['an error', 500, 'oops', 'it answered 500'],
  ['HTML', 200, '<html>', 'something else than JSON'],
  ['another format', 200, '[]', 'not a list of models'],
  ['a redirect', 302, '', 'cannot be reached'],
])(
  'a backend that answers %s leaves a note without the token',
  async (_title, status, body, reason) => {
    answers['/backend-api/codex/models'] = { status, body };
    const { notes } = await read(silent(), { chatgpt: chatgpt() });
    expect(notes).toEqual([expect.stringContaining(reason)]);
    expect(notes.join()).not.toContain('access');
    expect(requests).toHaveLength(1);
  },
);

test('what was listed is kept for a month', async () => {
  const path = join(folder, 'data', 'model-catalog.json');
  const lists = [{ provider: 'openai', isComplete: true, models: [{ model: 'gpt-7' }] } as const];
  expect(readStoredCatalog(path, NOW)).toBeUndefined();
  await storeCatalog(path, { fetchedAt: NOW, lists, notes: [] });
  expect(readStoredCatalog(path, NOW + 29 * DAY_MS)).toEqual({ fetchedAt: NOW, lists });
  expect(readStoredCatalog(path, NOW + 31 * DAY_MS)).toBeUndefined();
});

test.each(['', '{"v":1', '{"v":2,"fetchedAt":1,"lists":[]}', '7'])(
  'a stored catalog that cannot be read counts as none: %j',
  (text) => {
    const path = join(folder, 'model-catalog.json');
    writeFileSync(path, text);
    expect(readStoredCatalog(path, 1)).toBeUndefined();
  },
);

test('nobody is waited for after the command was interrupted', async () => {
  const stop = new AbortController();
  const reading = readLiveCatalog(
    { codexBinary: program('exec sleep 100') },
    () => NOW,
    stop.signal,
  );
  stop.abort(new Error('interrupted'));
  await expect(reading).rejects.toThrow('interrupted');
});
