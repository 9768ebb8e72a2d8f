import { expect, test } from 'vitest';
import { hold } from '../loopback/models/gate.ts';
import { failWith, runCommand, say, sayInPieces, wait } from '../loopback/models/model-script.ts';
import type { ModelServer } from '../loopback/models/server.ts';
import { withChat } from './chat-terminal.ts';

const CTRL_C = '\u0003';
const prompts = ({ requests }: ModelServer) =>
  requests.flatMap(({ model }) => (model === undefined ? [] : [model.prompt]));

test('without a terminal each line is answered, and each question knows what was said before', async () => {
  const script = [
    { when: said('the second'), steps: [say('Two.')] },
    { when: said('the first'), steps: [say('One.')] },
  ];
  await withChat({ script }, async (terminal) => {
    terminal.type('the first\nthe second\n');
    terminal.close();
    expect(await terminal.ended).toBe(0);
    expect(terminal.stdout()).toBe('One.\nTwo.\n');
    const [first = '', second = ''] = prompts(terminal.models);
    expect(first).not.toContain('history');
    expect(second).toMatch(/<history[^]*the first[^]*One\.[^]*<messages[^]*the second/);
  });
});

test('/new forgets, and lines that are no question ask nothing', async () => {
  const script = [{ steps: [say('Yes.')] }];
  await withChat({ script }, async (terminal) => {
    terminal.type('a secret word\n/new\n\n/nonsense\nanother question\n');
    terminal.close();
    expect(await terminal.ended).toBe(0);
    expect(terminal.stderr()).toContain('/nonsense is not known');
    const [, second = '', third] = prompts(terminal.models);
    expect(second).toContain('another question');
    expect(second).not.toContain('a secret word');
    expect(third).toBeUndefined();
  });
});

test('/model asks another model in the same conversation, and a wrong name changes nothing', async () => {
  const script = [{ steps: [say('Yes.')] }];
  const args = ['--provider', 'responses', '--model', 'openai/gpt-5.5'];
  const register = { '1@g.us': { name: 'A', folder: 'a', isMain: true, provider: 'responses' } };
  const arrange = (world: { register(entries: unknown): void }) => world.register(register);
  await withChat({ script, args, arrange }, async (terminal) => {
    terminal.type('one\n/model nonsense\n/model openai/gpt-4o-mini\ntwo\n');
    terminal.close();
    expect(await terminal.ended).toBe(0);
    expect(terminal.stderr()).toContain('full name');
    const asked = terminal.models.requests.flatMap(({ model }) => model ?? []);
    expect(asked.map(({ model }) => model)).toEqual(['gpt-5.5', 'gpt-4o-mini']);
    expect(asked[1]?.prompt).toMatch(/<history[^]*one/);
  });
});

test('a question that fails says why and ends the command with its code; the chat goes on before', async () => {
  const script = [{ when: said('bad'), steps: [failWith(400)] }, { steps: [say('Good.')] }];
  await withChat({ script }, async (terminal) => {
    terminal.type('good\nbad\n');
    terminal.close();
    expect(await terminal.ended).toBe(1);
    expect(terminal.stdout()).toBe('Good.\n');
    expect(terminal.stderr()).toContain('I could not answer');
  });
});

test('text streams to standard output, tools and models are told on standard error', async () => {
  const script = [{ steps: [runCommand('echo from-a-tool'), say('Done.')] }];
  await withChat({ script }, async (terminal) => {
    terminal.type('do it\n');
    await terminal.waitFor(/Done\.\n/);
    expect(terminal.stdout()).toBe('Done.\n');
    expect(terminal.stderr()).toMatch(/· asking responses[^]*· tool: .*echo from-a-tool/);
  });
});

test('Ctrl-C stops the answer and the chat goes on; what was stopped is not part of it', async () => {
  const gate = hold();
  const script = [
    { when: said('slow'), steps: [sayInPieces('So', gate, 'never')] },
    { steps: [say('Back again.')] },
  ];
  await withChat({ script, isTyped: true }, async (terminal) => {
    terminal.type('a slow one\r');
    await terminal.waitFor(/So/);
    terminal.type(CTRL_C);
    await terminal.waitFor(/Stopped before/);
    terminal.type('hello\r');
    await terminal.waitFor(/Back again/);
    expect(prompts(terminal.models).at(-1)).not.toContain('a slow one');
    terminal.type('/quit\r');
    expect(await terminal.ended).toBe(0);
  });
});

test('a second Ctrl-C leaves, also while the assistant speaks', async () => {
  const gate = hold();
  const script = [{ steps: [wait(gate), say('never')] }];
  await withChat({ script, isTyped: true }, async (terminal) => {
    terminal.type('slow\r');
    await gate.reached;
    terminal.type(CTRL_C);
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
  });
});

test('Ctrl-C at the prompt says how to leave before it does', async () => {
  await withChat({ script: [], isTyped: true }, async (terminal) => {
    await terminal.waitFor(/> /);
    terminal.type(CTRL_C);
    await terminal.waitFor(/Ctrl-C again/);
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
  });
});

test('several pasted lines are one question, which waits for Enter', async () => {
  const script = [{ steps: [say('Read.')] }];
  await withChat({ script, isTyped: true }, async (terminal) => {
    await terminal.waitFor(/> /);
    terminal.type('first line\rsecond line\rthe rest');
    terminal.type('\r');
    await terminal.waitFor(/Read\./);
    expect(prompts(terminal.models)).toHaveLength(1);
    expect(prompts(terminal.models)[0]).toContain('first line\nsecond line\nthe rest');
  });
});

test('a program that is asked to stop leaves the chat', async () => {
  const stop = new AbortController();
  await withChat({ script: [], signal: stop.signal }, async (terminal) => {
    stop.abort();
    expect(await terminal.ended).toBe(130);
  });
});

test('an unknown group and a missing key are told with the codes of ask', async () => {
  await withChat({ script: [], args: ['--group', 'nobody'] }, async (terminal) => {
    expect(await terminal.ended).toBe(2);
  });
  const args = ['--provider', 'claude'];
  await withChat({ script: [], args }, async (terminal) => {
    terminal.type('hi\n');
    terminal.close();
    expect(await terminal.ended).toBe(3);
    expect(terminal.stderr()).toContain('deckhand login claude');
  });
});

/** Whether the newest question has these words. */
function said(words: string) {
  return ({ prompt }: { prompt: string }) =>
    prompt.slice(prompt.lastIndexOf('<messages')).includes(words);
}
