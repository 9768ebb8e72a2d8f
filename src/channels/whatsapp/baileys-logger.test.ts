import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createBaileysLogger } from './baileys-logger.ts';

function logLines(
  level: string,
  act: (logger: ReturnType<typeof createBaileysLogger>) => void,
): string[] {
  const lines: string[] = [];
  act(createBaileysLogger(pino({ level }, { write: (line) => void lines.push(line) })));
  return lines;
}

test('nothing of Baileys shows at the usual level', () => {
  const lines = logLines('info', (logger) => {
    logger.info({ key: 'secret' }, 'logging in...');
    logger.child({ class: 'x' }).error({ node: '<message>secret</message>' }, 'error in handling');
  });
  expect(lines).toEqual([]);
});

test('of a failure only the messages show, never what it came with', () => {
  const [line = ''] = logLines('debug', (logger) => {
    logger.error({ err: new Error('Bad MAC'), node: 'secret' }, 'failed to decrypt message');
  });
  expect(line).toContain('failed to decrypt message');
  expect(line).toContain('Bad MAC');
  expect(line).not.toContain('secret');
});
