import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  callTool,
  makeItems,
  runCommand,
  say,
  sendRaw,
} from '../../../test/loopback/models/model-script.ts';
import { createHangingCommand } from './hanging-command.ts';
import { ResponsesKit } from './responses-kit.ts';
import { always, functionCall } from './scripted-calls.ts';

let kit: ResponsesKit;
beforeEach(async () => {
  kit = await ResponsesKit.start();
});
afterEach(async () => await kit[Symbol.asyncDispose]());

test('a command runs in the group folder without secrets, and its output goes back to the model', async () => {
  kit.server.script = [{ steps: [runCommand('pwd; echo oops >&2; env; exit 3'), say('done')] }];
  const { events, end } = await kit.run();
  expect(end).toMatchObject({
    type: 'result',
    text: 'done',
    usage: { inputTokens: 200, cachedInputTokens: 0, outputTokens: 20 },
  });
  expect(kit.told[0]).toMatch(/^Error: \[exit code 3\]\n\/[^\n]*\/workspace\/group\noops\n/);
  expect(kit.told[0]).toContain('TZ=Europe/Berlin');
  expect(kit.told[0]).not.toMatch(/OPENAI|sk-/);
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'progress',
      kind: 'tool',
      detail: expect.stringMatching(/^shell: /),
    }),
  );
});

test('a command over its time is killed with what it started, and the model hears it', async () => {
  const hanging = await createHangingCommand(kit.paths.group);
  const input = { command: `sleep 1000 & echo begun; ${hanging.line}`, timeout_ms: 300 };
  kit.server.script = [{ steps: [callTool('shell', input), say('ok')] }];
  const ran = kit.run();
  await hanging.started();
  expect((await ran).end).toMatchObject({ type: 'result', text: 'ok' });
  expect(kit.told[0]).toBe('Error: [killed after 300 ms]\nbegun\n');
  await expect(hanging.reach()).rejects.toThrow(/ENXIO/);
});

test('an abort kills a running command at once, without a word to it', async () => {
  const hanging = await createHangingCommand(kit.paths.group);
  const command = `trap 'touch asked; exit' INT TERM; { ${hanging.line}; } & wait`;
  kit.server.script = [{ steps: [runCommand(command)] }];
  const stop = new AbortController();
  const ran = kit.run(kit.request(), stop.signal);
  await hanging.started();
  stop.abort();
  expect((await ran).end).toMatchObject({
    type: 'failed',
    class: 'cancelled',
    hasSideEffects: true,
  });
  await expect(hanging.reach()).rejects.toThrow(/ENXIO/);
  expect(await readdir(kit.paths.group)).not.toContain('asked');
});

test('an abort ends the wait for a reply of the host', async () => {
  const folder = join(kit.paths.ipc, 'messages');
  await mkdir(folder);
  const watcher = watch(folder);
  const requested = once(watcher, 'change');
  kit.server.script = [{ steps: [callTool('send_message', { text: 'hi' }), say('no')] }];
  const stop = new AbortController();
  const ran = kit.run(kit.request(), stop.signal);
  await requested;
  watcher.close();
  stop.abort();
  expect((await ran).end).toMatchObject({ type: 'failed', class: 'cancelled' });
});

test('files are written, read and kept inside the group', async () => {
  await writeFile(join(kit.paths.home, 'auth.json'), 'SECRET');
  await symlink(kit.paths.home, join(kit.paths.group, 'way-out'));
  await mkdir(join(kit.paths.group, '../extra/site'), { recursive: true });
  const extra = join(kit.paths.group, '../extra/site/index.html');
  kit.server.script = (request) => {
    if (request.toolResults.length > 0) return always(say('read'));
    const input = [
      functionCall('1', 'write_file', { path: 'notes/a.txt', content: 'héllo\n' }),
      functionCall('2', 'read_file', { path: 'notes/a.txt' }),
      functionCall('3', 'read_file', { path: 'way-out/auth.json' }),
      functionCall('4', 'write_file', { path: '../../home/x', content: 'x' }),
      functionCall('5', 'write_file', { path: 'way-out/new/x', content: 'x' }),
      functionCall('6', 'write_file', { path: extra, content: '<p>' }),
      functionCall('7', 'read_file', { path: 'none' }),
      functionCall('8', 'read_file', { path: '.' }),
      functionCall('9', 'write_file', { path: 'notes', content: 'x' }),
    ];
    return [makeItems(...input)];
  };
  expect((await kit.run()).end).toMatchObject({ type: 'result', text: 'read' });
  expect(kit.told).toEqual([
    'Written: 7 bytes.',
    'héllo\n',
    expect.stringMatching(/^Error: .* is not below /),
    expect.stringMatching(/^Error: .* is not below /),
    expect.stringMatching(/^Error: .* is not below /),
    'Written: 3 bytes.',
    'Error: none cannot be read: ENOENT',
    'Error: . is not a regular file',
    'Error: notes cannot be written: EISDIR',
  ]);
  expect(await readFile(join(kit.paths.group, 'notes/a.txt'), 'utf8')).toBe('héllo\n');
  expect(await readFile(extra, 'utf8')).toBe('<p>');
});

test('several calls of one answer run in their order and each gets its output', async () => {
  kit.server.script = (request) =>
    request.toolResults.length > 0
      ? always(say('both'))
      : [
          makeItems(
            functionCall('a', 'shell', { command: 'echo one > f' }),
            functionCall('b', 'shell', { command: 'cat f; echo two' }),
          ),
        ];
  expect((await kit.run()).end).toMatchObject({ type: 'result', text: 'both' });
  expect(kit.lastInput.slice(1)).toMatchObject([
    { type: 'function_call', call_id: 'a' },
    { type: 'function_call', call_id: 'b' },
    { type: 'function_call_output', call_id: 'a', output: '[exit code 0]\n' },
    { type: 'function_call_output', call_id: 'b', output: '[exit code 0]\none\ntwo\n' },
  ]);
});

test('reasoning is replayed whole; reasoning that the server alone could read is left out', async () => {
  const kept = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [],
    encrypted_content: 'opaque',
    extra: 1,
  };
  const lost = { type: 'reasoning', id: 'rs_2', summary: [] };
  const input = functionCall('a', 'shell', { command: 'true' });
  kit.server.script = [{ steps: [makeItems(kept, lost, input), say('thought')] }];
  expect((await kit.run()).end).toMatchObject({ type: 'result', text: 'thought' });
  expect(kit.lastInput.slice(1)).toEqual([
    kept,
    input,
    { type: 'function_call_output', call_id: 'a', output: '[exit code 0]\n' },
  ]);
});

test('the last message of the turn is the answer; a stream without items or a text without end counts too', async () => {
  const message = (text: string) => ({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text }],
  });
  const toShell = functionCall('a', 'shell', { command: 'true' });
  kit.server.script = [
    { steps: [makeItems(message('First.'), message('Done!'), toShell), makeItems()] },
  ];
  const { events, end } = await kit.run(kit.request({ isStreaming: true }));
  expect(end).toMatchObject({ type: 'result', text: 'Done!' });
  const deltas = events.flatMap((event) => (event.type === 'delta' ? [event.text] : []));
  expect(deltas.join('')).toBe('First.\n\nDone!');
  const delta = { type: 'response.output_text.delta', delta: 'only pieces' };
  const completed = { type: 'response.completed', response: { output: [], usage: null } };
  const stream = [delta, completed].map((event) => `data: ${JSON.stringify(event)}\n\n`);
  kit.server.script = () => [sendRaw(stream)];
  expect((await kit.run()).end).toMatchObject({ type: 'result', text: 'only pieces' });
});
