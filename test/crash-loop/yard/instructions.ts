import { findTokens } from '../ledger/tokens.ts';
import { AGENT_WORDS, type AgentWord } from '../plan/traffic-plan.ts';

/** What a prompt asks of the fake agent. */
export type Instructions =
  | {
      readonly kind: 'messages';
      /** The questions, to be named in the answer. */
      readonly tokens: readonly string[];
      /** Of the newest question. */
      readonly words: ReadonlySet<AgentWord>;
    }
  | {
      readonly kind: 'task';
      readonly token: string;
      /** The slot, as the host writes it. */
      readonly planned: string;
    };

const TASK = /<scheduled_task [^>]*planned="(?<planned>[^"]+)"/;

/** Reads what the questions or the task of a prompt want. */
export function readInstructions(prompt: string): Instructions {
  const planned = TASK.exec(prompt)?.groups?.['planned'];
  if (planned !== undefined) {
    const block = prompt.slice(prompt.search(TASK));
    return { kind: 'task', token: findTokens(block, 'S')[0] ?? '', planned };
  }
  const tokens = findTokens(prompt, 'T');
  const newest = prompt.slice(prompt.lastIndexOf(`@Assistant ${tokens.at(-1)}`));
  const words = AGENT_WORDS.filter((word) => newest.includes(` !${word};`));
  return { kind: 'messages', tokens, words: new Set(words) };
}

/** A question as a member writes it. */
export function writeQuestion(token: string, words: readonly AgentWord[]): string {
  return `@Assistant ${token}${words.map((word) => ` !${word};`).join('')}`;
}
