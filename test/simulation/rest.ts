import { type History, hasToken } from './history.ts';
import { runOf } from './simulated-agents.ts';
import { checkSlots } from './slots-at-rest.ts';

/** What a host still has to do, by its database; empty at rest. */
export function listOpenWork(history: History): string[] {
  const count = (what: string, sql: string): string[] => {
    const found = history.disk.statement(sql, true).get() as number;
    return found === 0 ? [] : [`${found} ${what}`];
  };
  return [
    ...count('messages', "select count(*) from messages where state in ('pending', 'claimed')"),
    ...count('runs', "select count(*) from runs where state = 'running'"),
    ...count('outgoing', "select count(*) from outbox where state = 'pending'"),
    ...count('slots', "select count(*) from task_runs where state in ('waiting', 'running')"),
  ];
}

/** What must hold when all faults have ended and nothing is left to be done. */
export function checkRest(history: History, pausedAt: number): void {
  checkQuestions(history);
  checkOrder(history);
  checkRequests(history);
  checkSlots(history, pausedAt);
  checkOrigins(history);
}

interface AskedRow {
  readonly state: string;
  readonly decision: string | null;
  readonly runId: string | null;
  readonly runState: string | null;
}

/** P2: each question has exactly one answer, or its chat was told why not. */
function checkQuestions(history: History): void {
  const { whatsapp, disk } = history;
  const find = disk.statement(
    `select messages.state, decision, run_id as runId, runs.state as runState
     from messages left join runs on runs.id = run_id where messages.id = ?`,
    false,
  );
  for (const { message, isTrigger, isForeign } of whatsapp.questions) {
    if (!isTrigger) continue;
    const row = find.get(message.id) as AskedRow | undefined;
    // Of a chat that was not registered when it came in, or not any more when it had its turn.
    if (row === undefined && isForeign) continue;
    if (row?.runState === 'cancelled' && history.unregistered.has(message.chatJid)) continue;
    const token = message.text.slice('@Assistant '.length);
    const verdict =
      row === undefined ? 'was lost' : judgeQuestion(history, row, message.chatJid, token);
    if (verdict !== undefined) history.violate(`P2: ${token} ${verdict}`);
  }
}

function judgeQuestion(
  history: History,
  { state, decision, runId }: AskedRow,
  chatJid: string,
  token: string,
): string | undefined {
  const texts = history.whatsapp.shownIn(chatJid).filter((message) => message.kind === 'text');
  const answers = texts.filter(({ text }) => text.startsWith('a:') && hasToken(text, token)).length;
  if (decision === 'stale') {
    const isTold = originsOf(history, chatJid).some((origin) => origin.startsWith('gap:'));
    // A chat that is not registered at the moment of telling hears nothing.
    const mayBeSilent = history.unregistered.has(chatJid);
    return isTold || mayBeSilent ? undefined : 'was too late and nobody was told';
  }
  const told = originsOf(history, chatJid).filter((origin) => origin === `run:${runId}:0`).length;
  const isByRequest = history.mailbox.files.some(
    ({ attemptId, effect }) =>
      runOf(attemptId) === runId && texts.some(({ text }) => text === effect),
  );
  if (state === 'answered' && (answers === 1 || (answers === 0 && isByRequest))) return undefined;
  if (state === 'failed' && answers === 0 && told === 1) return undefined;
  return `is ${state} with ${answers} answers and ${told} messages of its run`;
}

/** What the messages came from that the phones of a chat show. */
function originsOf({ whatsapp, disk }: History, chatJid: string): string[] {
  const find = disk.statement('select origin from outbox where id = ?', true);
  return whatsapp.shownIn(chatJid).flatMap(({ id }) => (find.get(id) as string | undefined) ?? []);
}

/** Everything that was to be sent is shown once, and nothing else is. */
function checkOrigins(history: History): void {
  const { whatsapp, disk } = history;
  const find = disk.statement('select origin from outbox where id = ?', true);
  for (const { id } of whatsapp.shown) {
    if (find.get(id) === undefined) history.violate(`P1: ${id} is shown and is in no outbox`);
  }
  const shown = new Set(whatsapp.shown.map(({ id }) => id));
  const acked = disk
    .statement("select id from outbox where state = 'acked'", true)
    .all() as string[];
  for (const id of acked) if (!shown.has(id)) history.violate(`P2: ${id} is acked and not shown`);
}

/** P4: a chat is answered in the order in which its questions came in. */
function checkOrder(history: History): void {
  const seqOf = history.disk.statement('select seq from messages where id = ?', true);
  for (const { jid } of history.plan.groups) {
    let before = 0;
    for (const message of history.whatsapp.shownIn(jid)) {
      if (message.kind !== 'text' || !message.text.startsWith('a:')) continue;
      for (const [, number] of message.text.matchAll(/\bq(\d+)\b/g)) {
        const seq = seqOf.get(`M${number}`) as number;
        if (seq < before) history.violate(`P4: q${number} was answered out of its order`);
        before = seq;
      }
    }
  }
}

/** Each request has one effect and one reply, also when it was handled twice. */
function checkRequests(history: History): void {
  const { mailbox, whatsapp, disk } = history;
  const countTasks = disk.statement('select count(*) from tasks where prompt = ?', true);
  for (const { name, effect, state, replies } of mailbox.files) {
    const [reply] = replies;
    const contents = new Set(replies.map((one) => JSON.stringify(one)));
    // Its agent has ended before it was done with it.
    const isUnwritten = state === 'temporary' && reply === undefined;
    if (!isUnwritten && (state !== 'removed' || reply === undefined))
      history.violate(`request ${name} is ${state}`);
    if (contents.size > 1) history.violate(`request ${name} has two replies`);
    const effects = effect.startsWith('m')
      ? whatsapp.shown.filter((message) => message.kind === 'text' && message.text === effect)
          .length
      : (countTasks.get(effect) as number);
    if (effects !== (reply?.ok === true ? 1 : 0))
      history.violate(`request ${name} has ${effects} effects`);
  }
}
