import { expect, test } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import { keyCredential, World } from '../engine/world.ts';

/** It has no shape by which a censor could know it. */
const CANARY = 'canary/of+the"house 4711';

/** Lets everything fail that can, each time with the secret in what is said about it; gives the log. */
async function failEverywhere(secrets: readonly string[]): Promise<string> {
  const lines: string[] = [];
  await using world = new World();
  const destination = { write: (line: string) => void lines.push(line) };
  world.logger = createLogger('trace', { destination, secrets });
  world.credentialFor = () => keyCredential({ secrets: { ANTHROPIC_API_KEY: CANARY } });
  const engine = world.startHost();
  world.open();
  world.channel.respondToDownload = () => {
    throw new Error(`download with ${CANARY}`, { cause: new Error(CANARY) });
  };
  world.channel.outcomes = [
    { status: 'unconfirmed', reason: CANARY },
    { status: 'rejected', reason: CANARY },
  ];
  const detail = `401 for ${CANARY}`;
  world.runner.respond = () => ({
    status: 'failed',
    class: 'refused',
    detail,
    hasSideEffects: false,
  });
  engine.ingest(world.message({ media: { kind: 'image', source: 'S' } }));
  await world.passWaits(120_000);
  engine.ingest(world.message());
  await world.passWaits(120_000);
  await world.stopHost();
  return lines.join('');
}

test('T22: no line of the log holds a secret of the configuration, whatever fails', async () => {
  const log = await failEverywhere([CANARY]);
  expect(log).toContain('[redacted]');
  for (const form of [CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY).slice(1, -1)]) {
    expect(log).not.toContain(form);
  }
});

test('T22: a log that knew nothing of the secret would hold it', async () => {
  expect(await failEverywhere([])).toContain(JSON.stringify(CANARY).slice(1, -1));
});
