import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { judgePing } from '../../src/cli/doctor/ping-words.ts';
import { type PingTarget, pingModelServer } from '../../src/models/ping.ts';

const never = new AbortController().signal;
const target = (baseUrl: string, secret = 'sk'): PingTarget => ({
  kind: 'openai_key',
  baseUrl,
  secret,
});

async function startSilent() {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a server that does not answer is given up at the deadline', async () => {
  await using silent = await startSilent();
  const ping = await pingModelServer(target(silent.url), never, 20);
  expect(ping).toEqual({ outcome: { status: 'timeout' } });
  const candidate = { name: 'OPENAI_API_KEY', isUsed: true, mend: 'Mend.' };
  expect(judgePing(candidate, target(silent.url), ping)).toMatchObject({ id: 'ping.timeout' });
});

test('whoever stops it does not wait', async () => {
  await using silent = await startSilent();
  const stop = new AbortController();
  const ping = pingModelServer(target(silent.url), stop.signal);
  stop.abort(new Error('stopped'));
  await expect(ping).rejects.toThrow('stopped');
});

test('a credential that no header can hold is not quoted', async () => {
  const ping = await pingModelServer(target('http://127.0.0.1:9', 'sk-\nsecret'), never);
  expect(ping).toEqual({ outcome: { status: 'unreachable' } });
});
