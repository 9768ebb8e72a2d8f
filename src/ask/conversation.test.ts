import { expect, test } from 'vitest';
import { createConversation } from './conversation.ts';

const question = { text: 'What <is> it?', askedAt: 0, answer: 'A shell.' };

test('a conversation begins with nothing said', () => {
  const conversation = createConversation();
  expect(conversation.history('UTC')).toBe('');
  expect(conversation.sessionOf('claude')).toBeUndefined();
});

test('what was said is told to an agent that does not know it, oldest first', () => {
  const conversation = createConversation();
  conversation.add({ ...question, agent: 'codex', sessionId: undefined });
  conversation.add({ ...question, text: 'And then?', agent: 'codex', sessionId: undefined });
  expect(conversation.history('UTC')).toMatch(
    /^<history[^]*sender="the person at the terminal"[^]*What &lt;is&gt; it\?[^]*sender="assistant"[^]*A shell\.[^]*And then/,
  );
});

test('an agent resumes its session until another has answered', () => {
  const conversation = createConversation();
  conversation.add({ ...question, agent: 'claude', sessionId: 'one' });
  expect(conversation.sessionOf('claude')).toBe('one');
  expect(conversation.sessionOf('codex')).toBeUndefined();
  conversation.add({ ...question, agent: 'codex', sessionId: undefined });
  expect(conversation.sessionOf('claude')).toBeUndefined();
});

test('a session that is lost is resumed no more', () => {
  const conversation = createConversation();
  conversation.add({ ...question, agent: 'claude', sessionId: 'one' });
  conversation.forgetSession('codex');
  expect(conversation.sessionOf('claude')).toBe('one');
  conversation.forgetSession('claude');
  expect(conversation.sessionOf('claude')).toBeUndefined();
  expect(conversation.history('UTC')).toContain('A shell.');
});

test('of a long conversation the newest is told', () => {
  const conversation = createConversation();
  for (const text of ['oldest', ...Array.from({ length: 300 }, () => 'more'), 'newest']) {
    conversation.add({ ...question, text, agent: 'codex', sessionId: undefined });
  }
  expect(conversation.history('UTC')).toContain('newest');
  expect(conversation.history('UTC')).not.toContain('oldest');
});
