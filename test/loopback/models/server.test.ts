import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hold } from './gate.ts';
import {
  cutStream,
  failWith,
  runCommand,
  say,
  sayInPieces,
  stallStream,
  wait,
} from './model-script.ts';
import { type ModelServer, startModelServer } from './server.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(async () => await server[Symbol.asyncDispose]());

const user = (text: string) => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});
const shellTools = [{ type: 'function', name: 'exec_command' }];

function askOpenai(input: unknown[], tools: unknown[] = [], signal?: AbortSignal) {
  return fetch(`${server.openaiBaseUrl}/responses`, {
    method: 'POST',
    body: JSON.stringify({ model: 'gpt-5.5', input, tools, stream: true }),
    ...(signal && { signal }),
  });
}

const chatgptHeaders = { authorization: 'Bearer t', 'chatgpt-account-id': 'acct' };
const chatgptBody = { model: 'm', instructions: 'i', input: [], store: false, stream: true };

async function askChatgpt(body: object, headers: Record<string, string> = chatgptHeaders) {
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${server.chatgptBaseUrl}/responses`, request);
  return { status: response.status, text: await response.text() };
}

function askAnthropic(messages: unknown[], isStream = false) {
  return fetch(`${server.anthropicBaseUrl}/v1/messages?beta=true`, {
    method: 'POST',
    body: JSON.stringify({ model: 'claude-sonnet-5', messages, stream: isStream }),
  });
}

test('without a script the newest chat message of the prompt is repeated', async () => {
  const prompt = '<messages><message sender="A">1</message><message sender="B">2 &lt; 3</message>';
  expect(await (await askOpenai([user('old'), user(prompt)])).text()).toContain('You said: 2 < 3');
  const reply = await (await askAnthropic([{ role: 'user', content: 'hello' }])).json();
  expect(reply).toMatchObject({ content: [{ type: 'text', text: 'You said: hello' }] });
});

test('a streamed Messages answer carries the same text as a plain one', async () => {
  const body = await (await askAnthropic([{ role: 'user', content: 'hello' }], true)).text();
  expect(body).toContain('"text":"You said: hello"');
  expect(body).toContain('event: message_stop');
});

test('the steps of a rule follow the rounds of the turn', async () => {
  server.script = [{ steps: [runCommand('ls'), say('listed')] }];
  const first = await (await askOpenai([user('go')], shellTools)).text();
  expect(first).toContain('"name":"exec_command"');
  const output = { type: 'function_call_output', call_id: 'x', output: 'files' };
  expect(await (await askOpenai([user('go'), output], shellTools)).text()).toContain('listed');
  expect(server.requests[1]?.model?.toolResults).toEqual(['files']);
});

test('a rule that is used up leaves the next request to the rule after it', async () => {
  server.script = [{ times: 1, steps: [failWith(429)] }, { steps: [say('fine')] }];
  expect((await askOpenai([user('go')])).status).toBe(429);
  expect(await (await askOpenai([user('go')])).text()).toContain('fine');
});

test('an answer behind a gate comes after the release', async () => {
  const gate = hold();
  server.script = [{ steps: [wait(gate), say('released')] }];
  const answer = askOpenai([user('go')]);
  await gate.reached;
  gate.release();
  expect(await (await answer).text()).toContain('released');
});

test('a cut stream ends in a network error and a stalled one stays open', async () => {
  server.script = () => [cutStream('begun')];
  await expect((await askOpenai([user('go')])).text()).rejects.toThrow(/terminated/);
  server.script = () => [stallStream('begun')];
  const client = new AbortController();
  const reader = (await askOpenai([user('go')], [], client.signal)).body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toContain('response.created');
  client.abort();
});

test('a zstd body is decoded and found by those who wait for it', async () => {
  const waited = server.waitForRequest(
    (request) => request.model?.prompt === 'packed',
    AbortSignal.timeout(10_000),
  );
  await fetch(`${server.chatgptBaseUrl}/responses`, {
    method: 'POST',
    headers: { ...chatgptHeaders, 'content-encoding': 'zstd' },
    body: zstdCompressSync(JSON.stringify({ ...chatgptBody, input: [user('packed')] })),
  });
  expect(await waited).toMatchObject({
    path: '/backend-api/codex/responses',
    headers: { authorization: 'Bearer t' },
  });
});

test('the ChatGPT endpoint takes a complete request and refuses what the real one refuses', async () => {
  const { instructions: _, ...noInstructions } = chatgptBody;
  expect((await askChatgpt(chatgptBody)).status).toBe(200);
  const refused: readonly (readonly [object, string])[] = [
    [noInstructions, 'Instructions are required'],
    [{ ...chatgptBody, store: true }, 'Store must be set to false'],
    [{ ...chatgptBody, stream: false }, 'Stream must be set to true'],
    [{ ...chatgptBody, input: 'hello' }, 'Input must be a list'],
    [{ ...chatgptBody, input: [{ role: 'system', content: 'x' }] }, 'System messages are not'],
    [{ ...chatgptBody, max_output_tokens: 1 }, 'Unsupported parameter: max_output_tokens'],
  ];
  for (const [body, detail] of refused)
    expect(await askChatgpt(body)).toEqual({ status: 400, text: expect.stringContaining(detail) });
  expect((await askChatgpt(chatgptBody, {})).text).toContain('chatgpt-account-id');
});

test('a token that is over gets 401 from both Responses endpoints', async () => {
  server.isTokenLive = (token) => token === 't';
  expect((await askChatgpt(chatgptBody)).status).toBe(200);
  const headers = { ...chatgptHeaders, authorization: 'Bearer old' };
  expect((await askChatgpt(chatgptBody, headers)).text).toContain('token_expired');
  expect((await askOpenai([user('go')])).status).toBe(401);
});

test('the first piece of an answer is there before the gate of the second opens', async () => {
  for (const ask of [
    () => askOpenai([user('go')]),
    () => askAnthropic([{ role: 'user', content: 'go' }], true),
  ]) {
    const gate = hold();
    server.script = () => [sayInPieces('one', gate, 'two')];
    const reader = (await ask()).body!.pipeThrough(new TextDecoderStream()).getReader();
    const read = async (until: string) => {
      let text = '';
      while (!text.includes(until)) text += (await reader.read()).value ?? '';
      return text;
    };
    expect(await read('one')).not.toContain('two');
    gate.release();
    await read('two');
    await reader.cancel();
  }
});
