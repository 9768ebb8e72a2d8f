import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryExclusiveLock } from '../db/exclusive-lock.ts';
import { prepareFolders } from '../host-folders.ts';
import { hostPaths } from '../paths.ts';
import { finishSwap, type SwapPlan, swap } from './swap.ts';

const PLAN: SwapPlan = {
  stage: '.deckhand-restore-x',
  steps: [
    { kind: 'aside', from: 'data', to: 'data.old' },
    { kind: 'in', from: '.deckhand-restore-x/data', to: 'data' },
    { kind: 'aside', from: 'groups', to: 'groups.old' },
    { kind: 'in', from: '.deckhand-restore-x/groups', to: 'groups' },
    { kind: 'in', from: '.deckhand-restore-x/.env', to: '.env' },
  ],
};

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'deckhand-swap-'));
  for (const name of ['data', 'groups']) {
    put(`${name}/which`, 'old');
    put(`.deckhand-restore-x/${name}/which`, 'new');
  }
  put('.deckhand-restore-x/.env', 'new');
});
afterEach(() => rmSync(home, { recursive: true }));

function put(path: string, content: string): void {
  mkdirSync(join(home, path, '..'), { recursive: true });
  writeFileSync(join(home, path), content);
}

function content(path: string): string {
  return readFileSync(join(home, path), 'utf8');
}

function expectNew(): void {
  const paths = ['data/which', 'groups/which', '.env', 'data.old/which', 'groups.old/which'];
  expect(paths.map(content)).toEqual(['new', 'new', 'new', 'old', 'old']);
  const rest = readdirSync(home).filter((name) => name.startsWith('.deckhand-restore'));
  expect(rest).toEqual(['.deckhand-restore.lock']);
}

test('everything is exchanged, and nothing of the plan is left', async () => {
  await swap(home, PLAN);
  expectNew();
  expect(await finishSwap(home)).toBe(false);
});

test.for([0, 1, 2, 3, 4, 5])(
  'killed after %i renames it is finished by whatever starts next',
  async (done) => {
    put('.deckhand-restore.json', JSON.stringify(PLAN));
    for (const { from, to } of PLAN.steps.slice(0, done))
      renameSync(join(home, from), join(home, to));
    await prepareFolders(hostPaths(home));
    expectNew();
  },
);

test('killed before the plan has its name nothing has changed', async () => {
  put('.deckhand-restore.json.tmp', JSON.stringify(PLAN).slice(0, 20));
  expect(await finishSwap(home)).toBe(false);
  expect(content('data/which')).toBe('old');
});

test('what somebody made in between is not written over, and the rest waits until it is gone', async () => {
  put('.deckhand-restore.json', JSON.stringify(PLAN));
  renameSync(join(home, 'data'), join(home, 'data.old'));
  put('data/registered_groups.json', '{}');
  await expect(finishSwap(home)).rejects.toThrow(/data was made since\. Move it away/);
  expect(content('.deckhand-restore-x/data/which')).toBe('new');
  rmSync(join(home, 'data'), { recursive: true });
  await finishSwap(home);
  expectNew();
});

test('two programs that start at once do not get into each other’s way', async () => {
  put('.deckhand-restore.json', JSON.stringify(PLAN));
  const module = new URL('swap.ts', import.meta.url).href;
  const script = `const { finishSwap } = await import(${JSON.stringify(module)});
    await finishSwap(${JSON.stringify(home)});`;
  const run = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    const [code]: unknown[] = await once(child, 'exit');
    return code;
  };
  expect(await Promise.all([run(), run()])).toEqual([0, 0]);
  expectNew();
});

test('while another process finishes it, somebody who starts is told to wait', async () => {
  put('.deckhand-restore.json', JSON.stringify(PLAN));
  using _other = tryExclusiveLock(join(home, '.deckhand-restore.lock'), 0);
  await expect(finishSwap(home)).rejects.toThrow('A restore is going on.');
  expect(existsSync(join(home, 'data.old'))).toBe(false);
});
