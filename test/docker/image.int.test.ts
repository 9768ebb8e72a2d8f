import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { ensureImage, inspectImage } from '../../src/containers/image.ts';
import { BASE_IMAGE, requireBaseImage } from './engine.ts';
import { TinyProject } from './tiny-project.ts';

const DOCKERFILE = 'ARG BASE_IMAGE=nowhere\nFROM ${BASE_IMAGE}\nCOPY container /app\n';

test('an image is built when missing, kept while current, and rebuilt when the code changes', async (context) => {
  const docker = await requireBaseImage(context);
  await using project = await TinyProject.create(DOCKERFILE);
  const deps = {
    docker,
    tag: `deckhand-test-image:${randomUUID()}`,
    projectRoot: project.root,
    baseImage: BASE_IMAGE,
  };
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(async () => {
    await docker.getImage(deps.tag).remove();
  });

  expect(await inspectImage(deps)).toEqual({ status: 'missing' });
  const lines: string[] = [];
  const first = await ensureImage({ ...deps, onProgress: (line) => lines.push(line) });
  expect(first.status).toBe('built');
  expect(lines.join('\n')).toContain('COPY container /app');
  expect(await ensureImage(deps)).toEqual({ ...first, status: 'current' });

  await project.write('container/agent-runner/src/main.ts', 'export const n = 1;');
  expect((await inspectImage(deps)).status).toBe('outdated');
  const second = await ensureImage(deps);
  expect(second.status).toBe('built');
  expect(second.id).not.toBe(first.id);
  await expect(docker.getImage(first.id).inspect()).rejects.toMatchObject({ statusCode: 404 });
});

test('a build that fails rejects with the end of its output', async (context) => {
  const docker = await requireBaseImage(context);
  await using project = await TinyProject.create(
    `FROM ${BASE_IMAGE}\nRUN echo telling-output && exit 3\n`,
  );
  const built = ensureImage({
    docker,
    tag: 'deckhand-test-image:broken',
    projectRoot: project.root,
  });
  await expect(built).rejects.toThrow(/returned a non-zero code: 3[^]*telling-output/);
});

test('an image without our label is foreign and left as it is', async (context) => {
  const docker = await requireBaseImage(context);
  await using project = await TinyProject.create('FROM scratch');
  const deps = { docker, tag: BASE_IMAGE, projectRoot: project.root };
  const state = await inspectImage(deps);
  expect(state.status).toBe('foreign');
  expect(await ensureImage(deps)).toEqual(state);
});
