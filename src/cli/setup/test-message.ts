import { randomBytes } from 'node:crypto';
import type { Visit } from '../../app/visit.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { toMessageId } from '../../core/message-id.ts';
import { findGreeting, GREETING_ORIGIN } from '../../db/greeting.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { createOutbox, type Outbox } from '../../db/outbox.ts';
import { CliError } from '../cli-error.ts';
import { installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';
import { EXIT } from '../exit-code.ts';
import { loadGroups } from '../groups/registry.ts';
import { chatLabel } from './chat-label.ts';
import type { SetupSession } from './session.ts';
import { done, leftOut, type SetupStep } from './step.ts';
import { visit } from './visit.ts';

/** Shows that the main chat is reached: a message that WhatsApp has acknowledged. */
export function createTestStep(session: SetupSession): SetupStep {
  const { context } = session;
  const { database, lock } = installationPaths(context);
  return {
    name: 'test',
    title: 'A test message',
    flags: [],
    async findDone() {
      const main = await requireMain(session);
      if (isHostRunning(lock)) return 'the host is running and online: write in the main chat';
      const greeting = readDatabase(database, (db) => findGreeting(db, main.jid));
      if (greeting?.state !== 'acked') return undefined;
      return `a message has reached ${chatLabel(main)}`;
    },
    async run() {
      const main = await requireMain(session);
      if (isHostRunning(lock)) return leftOut('the host is running: write in the main chat');
      const { assistantName } = context.loadConfig();
      await visit(context, (online) => greet(online, main, assistantName, context.now()));
      return done(`a message has reached ${chatLabel(main)}: look at the phone`);
    },
  };
}

async function requireMain({ context }: SetupSession): Promise<RegisteredGroup> {
  const main = [...(await loadGroups(context)).values()].find(({ isMain }) => isMain);
  if (main !== undefined) return main;
  throw new CliError(
    EXIT.notReady,
    'There is no main chat to write to: do not leave the step main out.',
  );
}

/** What was stored and never confirmed is sent again as the same message. */
async function greet(
  { channel, db, signal }: Visit,
  main: RegisteredGroup,
  assistantName: string,
  now: number,
): Promise<void> {
  const outbox = createOutbox(db);
  const before = findGreeting(db, main.jid);
  const id =
    before?.state === 'pending' ? before.id : storeGreeting(outbox, main, assistantName, now);
  const entry = outbox.find(id);
  if (entry === undefined) throw new Error(`the greeting ${id} is not in the outbox`);
  const outcome = await channel.send(entry.message, signal);
  if (outcome.status === 'unconfirmed') {
    outbox.recordAttempt(id);
    throw new CliError(EXIT.failed, `WhatsApp has not confirmed the message (${outcome.reason}).`);
  }
  outbox.settle(id, outcome.status, now, outcome.status === 'rejected' ? outcome.reason : null);
  if (outcome.status === 'acked') return;
  throw new CliError(
    EXIT.failed,
    `WhatsApp has refused the message (${outcome.reason}). Choose another main chat: ` +
      '`deckhand setup --force-step main`.',
  );
}

function storeGreeting(
  outbox: Pick<Outbox, 'enqueue'>,
  { jid }: RegisteredGroup,
  assistantName: string,
  now: number,
): string {
  const text =
    `Hello, this is ${assistantName}. This is my main chat: I answer here, tell what needs you, and may be ` +
    'asked to manage the other groups.';
  const content = { kind: 'text', text, mentions: [] } as const;
  const message = { id: toMessageId(randomBytes(9)), chatJid: jid, ...content };
  return outbox.enqueue(message, `${GREETING_ORIGIN}${jid}:${now}`, now);
}
