import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
/** Makes the Node that runs the launcher look like version 20; what it starts is not affected. */
const OLD_NODE = [
  '--import',
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})',
];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-launcher-'));
  mkdirSync(join(folder, 'src'));
  cpSync(join(projectRoot, 'bin'), join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterEach(() => rmSync(folder, { recursive: true }));

function installMain(source: string): void {
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'src', 'main.ts'), source);
}

function launch(nodeArgs: readonly string[], args: readonly string[], script = 'bin/deckhand.js') {
  const child = spawn(process.execPath, [...nodeArgs, join(folder, script), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  return { child, end: endOf(child) };
}

async function endOf(child: ChildProcess) {
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
  ]);
  return { code, signal, stdout, stderr };
}

test('an old Node starts the installed one with arguments, streams and exit code passed on', async () => {
  installMain(`
    const input: string[] = [];
    for await (const chunk of process.stdin) input.push(String(chunk));
    console.log(process.versions.node, process.argv.slice(2).join('|'), input.join(''));
    console.error(Object.keys(process.env).filter((name) => name.startsWith('DECKHAND')).length);
    process.exitCode = 3;`);
  const { child, end } = launch(OLD_NODE, ['groups', 'a b']);
  child.stdin?.end('typed');
  const { code, stdout, stderr } = await end;
  expect(stdout).toMatch(/^24\.\d+\.\d+ groups\|a b typed\n$/);
  expect(stderr).toBe('0\n');
  expect(code).toBe(3);
});

test('a new Node runs the program in the same process', async () => {
  installMain('console.log(process.pid);');
  const { child, end } = launch([], []);
  child.stdin?.end();
  expect((await end).stdout).toBe(`${child.pid}\n`);
});

test.for(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s reaches the program', async (signal) => {
  installMain(`
    const timer = setInterval(() => undefined, 1000);
    process.once('${signal}', () => { console.log('asked to stop'); clearInterval(timer); process.exitCode = 7; });
    console.log('ready');`);
  const { child, end } = launch(OLD_NODE, []);
  child.stdout?.once('data', () => child.kill(signal));
  expect(await end).toMatchObject({ code: 7, stdout: 'ready\nasked to stop\n' });
});

test('a program that dies of a signal looks so to whoever started the launcher', async () => {
  installMain("process.kill(process.pid, 'SIGKILL'); setInterval(() => undefined, 1000);");
  expect(await launch(OLD_NODE, []).end).toMatchObject({ code: null, signal: 'SIGKILL' });
});

test('it works through the link that npm makes in node_modules/.bin', async () => {
  installMain("console.log('linked');");
  mkdirSync(join(folder, 'links'));
  symlinkSync('../bin/deckhand.js', join(folder, 'links', 'deckhand'));
  expect((await launch(OLD_NODE, [], 'links/deckhand').end).stdout).toBe('linked\n');
});

test('without the installed Node one sentence says what to do', async () => {
  const { code, stderr } = await launch(OLD_NODE, []).end;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Deckhand needs Node 24\.12 or newer; this is 20\.20\.2,.*npm ci.*\n$/);
});

test('through it the real program answers', async () => {
  const script = join(projectRoot, 'bin', 'deckhand.js');
  const child = spawn(process.execPath, [...OLD_NODE, script, 'groups', 'list', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], DECKHAND_HOME: folder },
  });
  const { code, stdout, stderr } = await endOf(child);
  expect({ code, stderr, list: JSON.parse(stdout) }).toEqual({
    code: 0,
    stderr: '',
    list: { groups: [] },
  });
});
