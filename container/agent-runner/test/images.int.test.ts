import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ModelServer, startModelServer } from '../../../test/loopback/models/server.ts';
import { runRequest } from './run-requests.ts';
import { RunnerProcess } from './runner-process.ts';

/** One red pixel. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

let server: ModelServer;
let runner: RunnerProcess;
beforeEach(async ({ signal }) => {
  server = await startModelServer();
  runner = await RunnerProcess.start(signal);
  await mkdir(join(runner.paths.group, 'media'));
  for (const name of ['a.png', 'b.png']) {
    await writeFile(join(runner.paths.group, 'media', name), Buffer.from(PNG, 'base64'));
  }
});
afterEach(async () => {
  await runner[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const body = () => JSON.stringify(server.requests.findLast((request) => request.model)?.body);

test.each(['claude', 'codex'] as const)(
  'pictures of the group reach the model of %s natively, in their order',
  async (provider) => {
    const images = ['media/a.png', 'media/b.png'];
    const request = runRequest(provider, server, { images });
    const { end } = await runner.run(request, AbortSignal.timeout(60_000));
    expect(end).toMatchObject({ type: 'result', text: expect.stringContaining('hello') });
    const kind = provider === 'claude' ? '"type":"image"' : '"type":"input_image"';
    expect(body().split(kind)).toHaveLength(3);
    expect(body()).toContain('iVBORw0KGgo');
  },
);

test.each(['claude', 'codex'] as const)(
  'pictures that cannot be read do not keep %s from its answer',
  async (provider) => {
    await symlink('/etc/passwd', join(runner.paths.group, 'media', 'link.png'));
    const images = ['media/none.png', 'media/link.png', 'media/a.png'];
    const request = runRequest(provider, server, { images });
    const { end } = await runner.run(request, AbortSignal.timeout(60_000));
    expect(end).toMatchObject({ type: 'result' });
    expect(body()).toContain('iVBORw0KGgo');
    expect(body()).not.toContain(Buffer.from('root:').toString('base64').slice(0, 5));
  },
);
