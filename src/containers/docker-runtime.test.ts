import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { createDockerRuntime } from './docker-runtime.ts';

/** The fingerprint that an engine's only image leads to. */
async function fingerprintBy(volumes: unknown): Promise<string> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'deckhand-engine-'));
  const socketPath = join(folder.path, 'docker.sock');
  await using engine = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ Id: 'sha256:1', Config: { Labels: null, Volumes: volumes } }));
  });
  engine.listen(socketPath);
  await once(engine, 'listening');
  const user = { uid: 1000, gid: 1000, mustOwnFolders: false };
  const runtime = createDockerRuntime({
    docker: new Docker({ socketPath }),
    settings: { installationId: 'i', image: 'mine', user },
    logger: createLogger('silent'),
  });
  const fingerprint = runtime.fingerprint({
    folder: 'team',
    mounts: [],
    isWorkspaceReadOnly: false,
    memoryMb: 256,
    cpus: 1,
    outlet: { kind: 'network' },
  });
  return await fingerprint.finally(() => engine.closeAllConnections());
}

test('T16: an image with volumes, which no limit holds and nobody removes, is not used', async () => {
  await expect(fingerprintBy({ '/cache': {} })).rejects.toThrow(
    'the agent image mine has volumes (/cache), on which an agent could write without limit',
  );
  for (const none of [null, undefined, {}])
    expect(await fingerprintBy(none)).toMatch(/^[0-9a-f]{16}$/);
});
