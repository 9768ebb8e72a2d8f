import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  callTool,
  failWith,
  makeItems,
  type OutputItem,
  say,
} from '../../../test/loopback/models/model-script.ts';
import { ResponsesKit } from './responses-kit.ts';
import { always, functionCall } from './scripted-calls.ts';

let kit: ResponsesKit;
beforeEach(async () => {
  kit = await ResponsesKit.start();
});
afterEach(async () => await kit[Symbol.asyncDispose]());

test.each<[string, OutputItem, RegExp]>([
  [
    'arguments that are not JSON',
    functionCall('x', 'shell', '{"command":'),
    /arguments are not JSON/,
  ],
  ['arguments that are no object', functionCall('x', 'shell', '[]'), /Wrong input/],
  [
    'arguments of another shape',
    functionCall('x', 'shell', { cmd: 'ls' }),
    /Wrong input: [^]*command/,
  ],
  [
    'wrong input of a host tool',
    functionCall('x', 'send_message', { text: 7 }),
    /Wrong input: [^]*text/,
  ],
  ['a tool that is not there', functionCall('x', 'rm', {}), /no tool "rm"\. Tools: shell, /],
  [
    'a main tool in another group',
    functionCall('x', 'register_group', {}),
    /no tool "register_group"/,
  ],
  [
    'a custom call',
    { type: 'custom_tool_call', call_id: 'x', name: 'shell', input: 'ls' },
    /no tool/,
  ],
])(
  '%s: the model hears what is wrong, nothing runs, and it may go on',
  async (_title, item, error) => {
    kit.server.script = [{ steps: [makeItems(item), failWith(400)] }];
    const { end } = await kit.run();
    expect(kit.lastInput.at(-1)).toMatchObject({ type: `${item.type}_output`, call_id: 'x' });
    expect(kit.told[0]).toMatch(error);
    expect(end).toMatchObject({ type: 'failed', hasSideEffects: false });
  },
);

test('a model that calls unknown tools for ever is stopped', async () => {
  kit.server.script = () => always(callTool('nonsense', {}));
  expect((await kit.run()).end).toMatchObject({
    type: 'failed',
    class: 'internal',
    detail: 'the model made 5 rounds of calls that no tool can take',
    hasSideEffects: false,
  });
  expect(kit.asked).toHaveLength(5);
});

test('a model that never comes to an answer is stopped', async () => {
  kit.server.script = () => always(callTool('list_tasks', {}));
  expect((await kit.run()).end).toMatchObject({
    type: 'failed',
    class: 'internal',
    detail: 'the model called tools for 50 rounds without an answer',
    hasSideEffects: false,
  });
  expect(kit.asked).toHaveLength(50);
});

test('more calls at once than the limit are answered without being run', async () => {
  const calls = Array.from({ length: 33 }, (_, index) =>
    functionCall(`c${index}`, 'shell', { command: 'echo x >> count; wc -l < count' }),
  );
  kit.server.script = (request) =>
    request.toolResults.length > 0 ? always(say('enough')) : [makeItems(...calls)];
  expect((await kit.run()).end).toMatchObject({ type: 'result', text: 'enough' });
  expect(kit.told).toHaveLength(33);
  expect(kit.told.slice(31)).toEqual(['[exit code 0]\n32\n', 'Error: more than 32 calls at once']);
});

test('a broken mailbox is told to the model', async () => {
  await writeFile(join(kit.paths.ipc, 'messages'), 'no folder');
  kit.server.script = [{ steps: [callTool('send_message', { text: 'hi' }), say('sorry')] }];
  expect((await kit.run()).end).toMatchObject({ type: 'result', text: 'sorry' });
  expect(kit.told[0]).toMatch(/^Error: The tool send_message failed: EEXIST/);
});
