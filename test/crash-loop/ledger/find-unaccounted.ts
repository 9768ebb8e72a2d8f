import { formatLocal } from '../../../src/core/schedule/local-time.ts';
import type { Task } from '../../../src/core/task.ts';
import type { SlotFact } from './judge-slots.ts';
import type { Request, Trigger } from './ledger.ts';
import { readMeaning } from './meaning.ts';
import { findTokens } from './tokens.ts';
import type { Visible } from './visible.ts';

/** All that may lead to a message of the assistant. */
export interface Causes {
  readonly triggers: readonly Trigger[];
  readonly requests: readonly Request[];
  readonly tasks: readonly Task[];
  readonly slots: readonly SlotFact[];
}

/** The messages that nothing accounts for: nobody asked for them, or not in that chat. */
export function findUnaccounted(visible: readonly Visible[], causes: Causes): Visible[] {
  const known = namesOf(causes);
  const isKnown = (chat: string, name: string) => known.has(`${chat} ${name}`);
  const answered = new Set<string>();
  return visible.filter((message) => {
    const { chat } = message;
    const meaning = readMeaning(message);
    switch (meaning.kind) {
      case 'answer':
        answered.add(`${chat} ${meaning.runId}`);
        return meaning.tokens.length === 0 || !meaning.tokens.every((one) => isKnown(chat, one));
      case 'more':
        return !answered.has(`${chat} ${meaning.runId}`);
      case 'request':
        return !isKnown(chat, meaning.token);
      case 'slot':
      case 'slot_failed':
        return !isKnown(chat, `${meaning.token} of ${meaning.planned}`);
      case 'slots_left_out':
        return !meaning.tokens.every((one) => isKnown(chat, one));
      case 'failure':
        return !isKnown(chat, meaning.quotedId);
      case 'queue':
        return false;
      case 'unexplained':
        return true;
      default:
        return meaning satisfies never;
    }
  });
}

/** What messages may name in a chat, after the chat. */
function namesOf({ triggers, requests, tasks, slots }: Causes): Set<string> {
  const ofTask = Map.groupBy(slots, ({ taskId }) => taskId);
  const asked = triggers.flatMap(({ chat, token, messageId }) => [
    `${chat} ${token}`,
    `${chat} ${messageId}`,
  ]);
  const planned = tasks.flatMap(({ id, chatJid, prompt, timeZone }) => {
    const [token = ''] = findTokens(prompt, 'S');
    const times = (ofTask.get(id) ?? []).map(({ scheduledFor }) =>
      formatLocal(scheduledFor, timeZone),
    );
    return [token, ...times.map((time) => `${token} of ${time}`)].map(
      (name) => `${chatJid} ${name}`,
    );
  });
  return new Set([...asked, ...requests.map(({ chat, token }) => `${chat} ${token}`), ...planned]);
}
