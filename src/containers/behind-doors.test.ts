import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOOR_FOLDER } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { findBehindDoors } from './behind-doors.ts';
import { serveAnswers } from './engine-answers.fixture.ts';
import { LABELS } from './labels.ts';

const mountAt = (target: string) => ({ Type: 'bind', Destination: target });
const container = (folder: string, ...targets: string[]) => ({
  Id: folder,
  Labels: { [LABELS.folder]: folder },
  Mounts: targets.map(mountAt),
});

test('an agent has a door by the mounts of its container, and not by what a new one would be given', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'deckhand-engine-'));
  await using engine = await serveAnswers(join(folder.path, 'engine.sock'), {
    '/containers/json': [
      container('family', '/workspace/group', DOOR_FOLDER),
      container('work', '/workspace/group', `${DOOR_FOLDER}/of-its-own`),
      container('main'),
    ],
  });
  expect(await findBehindDoors(engine.docker, 'this-one')).toEqual(new Set(['family']));
  const [asked] = engine.asked;
  expect(asked?.searchParams.get('filters')).toContain(`${LABELS.installation}=this-one`);
  // One that has ended may have left its answer.
  expect(asked?.searchParams.get('all')).toBe('true');
});
