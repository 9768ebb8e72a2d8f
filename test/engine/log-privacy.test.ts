import { expect, test } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import { answer } from '../fakes/fake-runner.ts';
import { World } from './world.ts';

test('the log holds nothing of what people and agents say', async () => {
  const lines: string[] = [];
  await using world = new World();
  const destination = { write: (line: string) => void lines.push(line) };
  world.logger = createLogger('info', { destination });
  world.receipts = true;
  const engine = world.startHost();
  world.open();
  world.channel.outcomes = [
    { status: 'unconfirmed', reason: 'no ack' },
    { status: 'rejected', reason: '479' },
  ];
  world.runner.respond = ({ request }) =>
    request.prompt.includes('fail')
      ? { status: 'failed', class: 'refused', detail: 'refused by policy', hasSideEffects: false }
      : answer('the canary answer');
  engine.ingest(world.message({ text: '@Assistant the canary question', senderName: 'canary' }));
  await engine.idle();
  engine.ingest(world.message({ text: '@Assistant fail, canary' }));
  engine.ingest(world.message({ text: 'a canary aside' }));
  await engine.idle();
  expect(lines.map((line) => JSON.parse(line).msg)).toContain('run ended');
  expect(lines.join('')).not.toContain('canary');
});
