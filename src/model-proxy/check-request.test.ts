import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { checkRequest } from './check-request.ts';

const ASK = { model: 'gpt-5.5', input: 'hello' };

/** Checks a request while a group has the rules of an attempt of gpt-5.5; `onTurn` is told how long its body is. */
async function check(method: string, url: string, body: object, onTurn: (bytes: number) => void) {
  const request = Object.assign(new IncomingMessage(new Socket()), { method, url });
  request.push(JSON.stringify(body));
  request.push(null);
  const policy = { mayReachOut: true };
  const rules = {
    ref: { provider: 'openai', model: 'gpt-5.5' },
    mayReachOut: () => policy.mayReachOut,
    waitForTurn: async (bytes: number) => {
      onTurn(bytes);
      policy.mayReachOut = false;
    },
  } as const;
  return await checkRequest(request, rules, { take: () => true });
}

test('a request that goes on waits its turn, by the length of its body', async () => {
  const turnsOf = async (method: string, url: string) => {
    const turns: number[] = [];
    await check(method, url, ASK, (bytes) => turns.push(bytes));
    return turns;
  };
  expect(await turnsOf('GET', '/models')).toEqual([0]);
  expect(await turnsOf('POST', '/responses')).toEqual([JSON.stringify(ASK).length]);
  expect(await turnsOf('POST', '/nowhere')).toEqual([]);
});

test('a request that came before its group’s policy was changed is judged by the new one', async () => {
  const search = { ...ASK, tools: [{ type: 'web_search' }] };
  expect(await check('POST', '/responses', search, () => undefined)).toMatchObject({
    ok: false,
    refusal: { status: 400 },
  });
});
