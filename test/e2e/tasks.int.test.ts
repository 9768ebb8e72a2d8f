import { expect, test } from 'vitest';
import { openDatabaseReadonly } from '../../src/db/database.ts';
import { createTaskRuns } from '../../src/db/task-runs.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { hostPaths } from '../../src/paths.ts';
import { callTool, type ModelStep, runCommand, say } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

/** Far enough for the turn to end first, near enough to wait for. */
const SOON_MS = 4_000;
const soon = () => new Date(Date.now() + SOON_MS).toISOString().replace(/\.\d+/, '');

const task = (schedule_value: string) => ({
  prompt: 'SAY-GOOD-MORNING',
  schedule_type: 'once',
  schedule_value,
  context_mode: 'isolated',
});

/** What an agent without tools does: temporary name, rename, wait for the reply. */
function byShell(): ModelStep {
  const request = JSON.stringify({ type: 'schedule_task', ...task(soon()) });
  return runCommand(
    [
      'cd /workspace/ipc',
      `printf '%s' '${request}' > tasks/one.tmp && mv tasks/one.tmp tasks/one.json`,
      'until [ -e replies/one.json ]; do sleep 0.05; done',
      'cat replies/one.json current_tasks.json',
    ].join('; '),
  );
}

const byTool = (): ModelStep => callTool('mcp__deckhand__schedule_task', task(soon()));

test.for([
  ['codex', 'by shell', byShell],
  ['codex', 'by the MCP tool', byTool],
  ['claude', 'by shell', byShell],
  ['claude', 'by the MCP tool', byTool],
] as const)(
  'what %s schedules %s is stored, fires once, and its answer reaches a phone',
  async ([provider, _how, schedule], context) => {
    await using chat = await ChatWorld.start(context, { registration: { provider } });
    chat.world.models.script = (request) =>
      request.prompt.includes('SAY-GOOD-MORNING')
        ? [say('Good morning!')]
        : [schedule(), say('It is scheduled.')];
    expect((await chat.ask('@Assistant wish us a good morning soon')).text).toBe(
      'It is scheduled.',
    );
    expect(JSON.stringify(chat.world.models.requests.at(-1)?.body)).toContain('task-');
    await chat.member.waitForMessage(({ text }) => text === 'Good morning!', context.signal);
    await chat.world.app.engine.idle();

    const db = openDatabaseReadonly(hostPaths(chat.world.config.home).database);
    context.onTestFinished(() => void db.close());
    const tasks = createTasks(db).list();
    expect(tasks).toMatchObject([
      { folder: 'family', chatJid: chat.group.jid, createdBy: 'agent:family', status: 'done' },
    ]);
    expect(createTaskRuns(db).history(tasks[0]!.id, 10)).toMatchObject([
      { kind: 'slot', state: 'answered' },
    ]);
    expect(chat.member.seen.filter(({ text }) => text === 'Good morning!')).toHaveLength(1);
  },
);
