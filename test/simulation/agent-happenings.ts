import type { RunOutcome } from '../../src/ports.ts';
import type { Chance } from './chance.ts';
import { fault, type Happening, ordinary } from './happening.ts';
import type { History } from './history.ts';
import { MINUTE } from './history-plan.ts';
import type { Agent } from './simulated-agents.ts';

const ENDINGS = [
  'answer',
  'answer',
  'answer',
  'answer',
  'overloaded',
  'refused',
  'internal',
  'empty',
] as const;

/** What agents can do next. */
export function agentHappenings(history: History, chance: Chance): Happening[] {
  return history.agents.working.flatMap((agent) => {
    const { name } = agent;
    const ending = chance.pick(ENDINGS);
    const happenings = [
      ordinary(`${name} answers`, 0, () => endAgent(history, agent, 'answer')),
      fault(`${name} ends: ${ending}`, 3, () => endAgent(history, agent, ending)),
      fault(`${name} uses a tool`, 0.3, () => history.agents.useTool(agent)),
      fault(`${name} is killed`, 0.25, () => history.agents.kill(agent)),
    ];
    if (history.mailbox.files.length >= 3) return happenings;
    const kind = chance.pick(['message', 'message', 'interval', 'once', 'once', 'cron'] as const);
    return [
      ...happenings,
      fault(`${name} asks: ${kind}`, 0.7, () => askHost(history, agent, kind)),
    ];
  });
}

function endAgent({ agents }: History, agent: Agent, ending: (typeof ENDINGS)[number]): void {
  agents.end(agent, outcomeOf(agent, ending));
}

function outcomeOf(agent: Agent, ending: (typeof ENDINGS)[number]): RunOutcome {
  const hasSideEffects = agent.hasUsedTool;
  switch (ending) {
    case 'answer': {
      const asked = agent.request.prompt.match(/(?<=@Assistant )q\d+/g) ?? [];
      const text =
        agent.request.task === undefined ? `a: ${asked.join(' ')}` : `task ${agent.attemptId}`;
      return { status: 'answered', text, isCut: false };
    }
    case 'empty':
      return { status: 'answered', text: '', isCut: false };
    case 'overloaded':
    case 'refused':
    case 'internal':
      return { status: 'failed', class: ending, detail: 'as it happened', hasSideEffects };
    default:
      return ending satisfies never;
  }
}

function askHost(
  { mailbox, clock }: History,
  { folder, attemptId }: Agent,
  kind: 'message' | 'interval' | 'once' | 'cron',
): void {
  const number = mailbox.files.length + 1;
  const name = `r${number}.json`;
  const effect = `${kind === 'message' ? 'm' : 't'}${number}`;
  const once = new Date(clock.now() + 2 * MINUTE).toISOString();
  const values = { interval: String(MINUTE), once, cron: '*/10 * * * *' };
  const content =
    kind === 'message'
      ? { type: 'message', chatJid: chatOf(folder), text: effect }
      : {
          type: 'schedule_task',
          prompt: effect,
          schedule_type: kind,
          schedule_value: values[kind],
        };
  const box = kind === 'message' ? 'messages' : 'tasks';
  const file = { attemptId, folder, box, name, content, effect } as const;
  mailbox.files.push({ ...file, state: 'temporary', replies: [] });
}

function chatOf(folder: string): string {
  return { family: '1@g.us', work: '2@g.us', club: '3@g.us' }[folder] ?? '';
}
