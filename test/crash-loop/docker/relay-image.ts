import { join } from 'node:path';
import { buildTestImage, type TestImage } from '../../docker/test-image.ts';

/** The image of containers whose agents the loop plays. Rejects when no engine answers. */
export function buildRelayImage(): Promise<TestImage> {
  const folder = join(import.meta.dirname, 'image');
  return buildTestImage('deckhand-relay', folder, ['Dockerfile', 'relay.ts']);
}
