/** Runs inside a container: tries to get out in every way and leaves what came of it beside itself, as JSON. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browserWays, directWays, proxyWays, type Way } from './attempts.ts';
import type { Attempt, Targets } from './targets.ts';

const SHOWN_CHARS = 160;
const LIMIT_MS = 20_000;

const beside = (name: string) => join(import.meta.dirname, name);
const targets = JSON.parse(readFileSync(beside('targets.json'), 'utf8')) as Targets;

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
  const quick = [...directWays(targets), ...proxyWays(targets)];
  const made = await Promise.all(quick.map(attempt));
  // One browser at a time: they share a profile.
  for (const way of browserWays(targets)) made.push(await attempt(way));
  return made;
}

writeFileSync(beside('attempts.tmp'), JSON.stringify(await attemptAll()));
renameSync(beside('attempts.tmp'), beside('attempts.json'));
