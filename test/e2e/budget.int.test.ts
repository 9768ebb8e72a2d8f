import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { hostPaths } from '../../src/paths.ts';
import { runCommand, say } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

function attemptsOf(chat: ChatWorld): Record<string, unknown>[] {
  const path = hostPaths(chat.world.config.home).database;
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare<[], Record<string, unknown>>('select * from run_attempts').all();
  } finally {
    db.close();
  }
}

test.for(['claude', 'codex', 'responses'] as const)(
  'what a %s agent has really used is kept of its attempt, and uses up the budget of the day',
  async (provider, context) => {
    await using chat = await ChatWorld.start(context, {
      registration: { provider },
      script: [{ steps: [runCommand('true'), say('done')] }],
    });
    expect((await chat.ask('@Assistant hi')).text).toBe('done');
    const { registrations } = chat.world.app;
    await registrations.set(chat.group.jid, { budget: { tokensPerDay: 1 } }, chat.signal);
    const refused = await chat.ask('@Assistant and now?');
    expect(refused.text).toContain('used up its 1 token for today');
    const [row, ...others] = attemptsOf(chat);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ provider, attempt: 1, outcome: 'answered', class: null });
    const { container_id: container, ended_at: endedAt, ...times } = row ?? {};
    expect(container).toMatch(/^[0-9a-f]{12}/);
    expect(times['first_event_at']).toBeGreaterThan(Number(times['started_at']));
    expect(times['container_at']).toBeLessThanOrEqual(Number(endedAt));
    expect(row?.['tools']).toBe(1);
    expect(row?.['input_tokens']).toBeGreaterThan(0);
    expect(row?.['output_tokens']).toBeGreaterThan(0);
  },
);

test.for(['claude', 'codex', 'responses'] as const)(
  'a budget that is used up in the middle of a run of %s ends it, and the chat is told why',
  async (provider, context) => {
    await using chat = await ChatWorld.start(context, {
      registration: { provider, budget: { tokensPerDay: 1 } },
      script: [{ steps: [runCommand('true'), say('never')] }],
    });
    expect((await chat.ask('@Assistant hi')).text).toContain('used up its 1 token for today');
    const answers = chat.world.models.requests.filter(({ model }) => model?.isStream);
    expect(answers).toHaveLength(1);
    const [row, ...others] = attemptsOf(chat);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ outcome: 'failed', class: 'out_of_tokens', tools: 1 });
    expect(row?.['input_tokens']).toBeGreaterThan(0);
  },
);
