import type { Trigger } from './ledger.ts';
import { readMeaning } from './meaning.ts';
import type { Visible } from './visible.ts';

export interface JudgedTrigger {
  readonly trigger: Trigger;
  /** Answers that name it and notices about its run, whoever sees them. */
  readonly shown: readonly Visible[];
  readonly verdict: 'answered' | 'told' | 'lost' | 'duplicated';
}

/** The run that a message was given to, by the id of the message; undefined when there is none. */
export type FindRun = (messageId: string) => string | undefined;

/**
 * A question is settled when its asker sees exactly one message about it: an answer that names it, or a notice that
 * quotes it or another question of the same run.
 */
export function judgeTriggers(
  triggers: readonly Trigger[],
  visible: readonly Visible[],
  findRun: FindRun,
): JudgedTrigger[] {
  const answers = new Map<string, Visible[]>();
  const notices = new Map<string, Visible[]>();
  for (const message of visible) {
    const meaning = readMeaning(message);
    if (meaning.kind === 'answer') {
      for (const token of meaning.tokens) add(answers, token, message);
    } else if (meaning.kind === 'failure') {
      add(notices, findRun(meaning.quotedId) ?? meaning.quotedId, message);
    }
  }
  return triggers.map((trigger) => {
    const answered = answers.get(trigger.token) ?? [];
    const told = notices.get(findRun(trigger.messageId) ?? trigger.messageId) ?? [];
    return { trigger, shown: [...answered, ...told], verdict: judge(trigger, answered, told) };
  });
}

function judge(
  { asker, chat }: Trigger,
  answered: readonly Visible[],
  told: readonly Visible[],
): JudgedTrigger['verdict'] {
  const shown = [...answered, ...told];
  if (shown.length > 1) return 'duplicated';
  const [only] = shown;
  if (only === undefined || only.chat !== chat || !only.readers.has(asker)) return 'lost';
  return answered.length > 0 ? 'answered' : 'told';
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
