import { setTimeout as delay } from 'node:timers/promises';
import type { ModelRequest } from '../loopback/models/model-request.ts';
import { callTool, type ModelStep, say } from '../loopback/models/model-script.ts';

/** What a question of the soak makes its agent do. */
export type Errand = 'plain' | 'note' | 'task';

/** Long enough that many an agent is killed at work. */
const THINKING_MS = 700;
/** How soon a task that an agent schedules is due. */
const TASK_DELAY_MS = 3_000;

export const question = (number: number, errand: Errand) => `@Assistant soak:${errand} ${number}.`;
export const answerTo = (number: number) => `Answer ${number}.`;
export const noteOf = (number: number) => `Note ${number}.`;
export const outcomeOfTask = (number: number) => `Task ${number}.`;

/** The model answers the newest question in its prompt: plainly, after a message of its own, or after making a task. */
export async function answerSoak({ prompt }: ModelRequest): Promise<readonly ModelStep[]> {
  await delay(THINKING_MS);
  const asked = [...prompt.matchAll(/soak:(?<errand>\w+) (?<number>\d+)\./g)].at(-1)?.groups;
  const number = Number(asked?.['number']);
  switch (asked?.['errand'] ?? 'plain') {
    case 'note':
      return [callTool('send_message', { text: noteOf(number) }), say(answerTo(number))];
    case 'task':
      return [callTool('schedule_task', taskFor(number)), say(answerTo(number))];
    case 'due':
      return [say(outcomeOfTask(number))];
    default:
      return [say(answerTo(number))];
  }
}

function taskFor(number: number) {
  return {
    prompt: `soak:due ${number}.`,
    schedule_type: 'once',
    schedule_value: new Date(Date.now() + TASK_DELAY_MS).toISOString(),
    context_mode: 'isolated',
  };
}
