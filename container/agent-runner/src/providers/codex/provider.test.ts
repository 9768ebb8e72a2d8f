import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentPaths, type RunEvent } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleRequest } from '../../example-request.testing.ts';
import { executeRun } from '../../execute-run.ts';
import { createCodexProvider } from './provider.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deckhand-codex-'));
  await mkdir(join(root, 'workspace/group'), { recursive: true });
});
afterEach(async () => await rm(root, { recursive: true }));

/** Runs a request against a program that behaves as no healthy CLI does. */
async function runScript(script: string, timeoutMs = 60_000): Promise<RunEvent[]> {
  const binary = join(root, 'codex');
  await writeFile(binary, `#!/bin/bash\n${script}\n`);
  await chmod(binary, 0o755);
  const provider = createCodexProvider(
    {
      paths: agentPaths(join(root, 'workspace'), join(root, 'home')),
      environment: process.env,
      log: () => undefined,
    },
    { binary, toolsPath: root },
  );
  const events: RunEvent[] = [];
  const request = exampleRequest({ timeoutMs });
  const never = new AbortController().signal;
  await executeRun(
    request,
    async () => provider,
    (event) => events.push(event),
    never,
  );
  return events;
}

const started = `echo '{"type":"turn.started"}'`;
const message = `echo '{"type":"item.completed","item":{"type":"agent_message","text":"hi"}}'`;
const completed = `echo '{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":1}}'`;

test.each([
  ['exit 0 without output', 'exit 0', 'codex ended with code 0 and no result'],
  [
    'an answer without the end of its turn',
    `${started}; ${message}`,
    'codex ended with code 0 and no result',
  ],
  ['a crash', `${started}; kill -9 $$`, 'codex ended with SIGKILL and no result'],
  ['an error on stderr before the first event', 'echo "boom" >&2; exit 1', 'boom'],
])('%s is an internal failure', async (_title, script, detail) => {
  expect((await runScript(script)).at(-1)).toMatchObject({
    type: 'failed',
    class: 'internal',
    detail,
  });
});

test('a crash in the middle of a turn may have had effects', async () => {
  expect((await runScript(`${started}; kill -9 $$`)).at(-1)).toMatchObject({
    hasSideEffects: true,
  });
  expect((await runScript('exit 3')).at(-1)).toMatchObject({ hasSideEffects: false });
});

test('a turn that ends without a message is an empty answer', async () => {
  expect((await runScript(`${started}; ${completed}`)).at(-1)).toMatchObject({
    type: 'result',
    text: '',
  });
});

test('noise between the events and a process left behind do not hold the answer', async () => {
  const script = `sleep 1000 & echo noise; ${started}; ${message}; ${completed}`;
  expect((await runScript(script)).at(-1)).toMatchObject({ type: 'result', text: 'hi' });
});

test('a program that ignores SIGINT is killed at the deadline', async () => {
  const script = `trap '' INT TERM; ${started}; while :; do sleep 1000; done`;
  expect((await runScript(script, 50)).at(-1)).toMatchObject({ type: 'failed', class: 'timeout' });
});

test('a program that does not exist is an internal failure', async () => {
  await mkdir(join(root, 'codex'));
  const provider = createCodexProvider(
    { paths: agentPaths(join(root, 'workspace'), root), environment: {}, log: () => undefined },
    { binary: join(root, 'codex', 'none'), toolsPath: root },
  );
  const events: RunEvent[] = [];
  const never = new AbortController().signal;
  await executeRun(
    exampleRequest(),
    async () => provider,
    (event) => events.push(event),
    never,
  );
  expect(events.at(-1)).toMatchObject({
    class: 'internal',
    detail: expect.stringContaining('ENOENT'),
  });
});
