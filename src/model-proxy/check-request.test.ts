import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { checkRequest } from './check-request.ts';

const BODY = Buffer.from('{"model":"gpt-5.5","input":"hello"}');

/** Bytes for which a request waits its turn, one after the other. */
async function turnsOf(method: string, url: string): Promise<number[]> {
  const turns: number[] = [];
  const request = Object.assign(new IncomingMessage(new Socket()), { method, url });
  request.push(BODY);
  request.push(null);
  const rules = {
    ref: { provider: 'openai', model: 'gpt-5.5' },
    mayReachOut: false,
    waitForTurn: async (bytes: number) => void turns.push(bytes),
  } as const;
  await checkRequest(request, rules, { take: () => true });
  return turns;
}

test('a request that goes on waits its turn, by the length of its body', async () => {
  expect(await turnsOf('GET', '/models')).toEqual([0]);
  expect(await turnsOf('POST', '/responses')).toEqual([BODY.length]);
  expect(await turnsOf('POST', '/nowhere')).toEqual([]);
});
