import { expect, test } from 'vitest';
import { readImageContext } from '../../src/containers/image-context.ts';
import { TinyProject } from './tiny-project.ts';

test('the context holds the runner and the protocol, without tests and installed packages', async () => {
  await using project = await TinyProject.create('FROM scratch');
  await project.write('container/agent-runner/src/main.test.ts', '');
  await project.write('container/agent-runner/node_modules/zod/index.js', '');
  await project.write('src/main.ts', '');
  const context = await readImageContext(project.root);
  expect(context.files).toEqual([
    'container/Dockerfile',
    'container/agent-runner/src/main.ts',
    'container/protocol/src/index.ts',
    'package-lock.json',
    'package.json',
  ]);
});

test('the hash changes with a file of the image and not with a test', async () => {
  await using project = await TinyProject.create('FROM scratch');
  const before = await readImageContext(project.root);
  await project.write('container/agent-runner/src/main.test.ts', 'changed');
  expect((await readImageContext(project.root)).hash).toBe(before.hash);
  await project.write('container/agent-runner/src/main.ts', 'changed');
  expect((await readImageContext(project.root)).hash).not.toBe(before.hash);
});
