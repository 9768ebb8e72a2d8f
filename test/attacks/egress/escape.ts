/** Runs inside a container: tries to get out in every way and prints what came of it as JSON. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { browserWays, directWays, proxyWays, type Way } from './attempts.ts';
import type { Attempt, Targets } from './targets.ts';

const SHOWN_CHARS = 160;
const LIMIT_MS = 20_000;

const targets = JSON.parse(readFileSync('/attack/targets.json', 'utf8')) as Targets;

/** As the agent's runner does: a port on loopback that leads to the socket of the host. */
async function startRelay(): Promise<Disposable> {
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const host = connect({ path: '/run/deckhand/outside.sock', allowHalfOpen: true });
    for (const socket of [client, host]) socket.on('error', () => socket.destroy());
    client.pipe(host).pipe(client);
  });
  relay.listen(8788, '127.0.0.1');
  await once(relay, 'listening');
  return { [Symbol.dispose]: () => relay.close() };
}

async function attempt({ name, command, isThroughWhenWell }: Way): Promise<Attempt> {
  const [program = '', ...rest] = command;
  const child = spawn(program, rest, { timeout: LIMIT_MS, killSignal: 'SIGKILL' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  const isWell = isThroughWhenWell === true && code === 0;
  return {
    name,
    isThrough: isWell || said.includes(targets.secret),
    said: `${code ?? 'killed'}: ${said.slice(0, SHOWN_CHARS)}`,
  };
}

async function attemptAll(): Promise<Attempt[]> {
  using _relay = await startRelay();
  const quick = [...directWays(targets), ...proxyWays(targets)];
  const made = await Promise.all(quick.map(attempt));
  // One browser at a time: they share a profile.
  for (const way of targets.hasBrowser ? browserWays(targets) : []) made.push(await attempt(way));
  return made;
}

process.stdout.write(`${JSON.stringify(await attemptAll())}\n`);
