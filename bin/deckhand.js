#!/usr/bin/env node
// Plain JavaScript for any Node since 18: starts the program with a Node that runs TypeScript.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST = [24, 12];
// Set for the second start, so that a bundled Node that is too old as well cannot start itself for ever.
const SECOND_START = 'DECKHAND_SECOND_START';

const isSecondStart = process.env[SECOND_START] === '1';
delete process.env[SECOND_START];

if (isNewEnough(process.versions.node)) await import('../src/main.ts');
else if (isSecondStart) refuse('the one that was installed with it is as old');
else startAgain();

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function startAgain() {
  const node = findInstalledNode();
  if (node === undefined) {
    refuse('the one that is installed with it is missing');
    return;
  }
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(node, args, {
    stdio: 'inherit',
    env: { ...process.env, [SECOND_START]: '1' },
  });
  const stopForwarding = forwardSignals(child);
  child.on('error', (error) => {
    stopForwarding();
    refuse(`${node} does not start (${error.message})`);
  });
  child.on('exit', (code, signal) => {
    stopForwarding();
    endLike(code, signal);
  });
}

function findInstalledNode() {
  try {
    const found = createRequire(import.meta.url).resolve('node/package.json');
    const name = process.platform === 'win32' ? 'node.exe' : 'node';
    return join(dirname(found), 'bin', name);
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** A terminal sends Ctrl-C to both processes itself: forwarding it as well would look like a second one. */
function forwardSignals(child) {
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'];
  const forward = (signal) => {
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}

function endLike(code, signal) {
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  process.exitCode = 128 + constants.signals[signal];
  process.kill(process.pid, signal);
}

function refuse(reason) {
  const folder = dirname(dirname(fileURLToPath(import.meta.url)));
  process.stderr.write(
    `Deckhand needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}, and ${reason}. ` +
      `Run \`npm ci\` in ${folder}, or install a newer Node.\n`,
  );
  process.exitCode = 1;
}
