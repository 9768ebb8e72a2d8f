import type { Jid } from '../core/message.ts';
import type { StoryAround, StoryFacts } from '../core/story/facts.ts';
import type { Story } from '../core/story/story.ts';
import { tellStory } from '../core/story/tell-story.ts';
import type { Db } from './database.ts';
import { findLinkState } from './link-state.ts';
import { readDenials } from './run-denials.ts';
import { readCommand, readMessage, readQuestionOf } from './story-message.ts';
import { readAttempts, readQueue, readRunFacts, readSent, readSlot, runIdOf } from './story-run.ts';

/** A message by its place in the inbox, because its sender chose the id; or a run. */
export type StoryTarget = { kind: 'message'; seq: number } | { kind: 'run'; id: string };

/**
 * What a message or a run went through. Of a run that answers, the story of its last question. Undefined when there
 * is no such message or run. Details may hold what others wrote, such as names: escape them.
 */
export function readStory(db: Db, target: StoryTarget, around: StoryAround): Story | undefined {
  // In one transaction, because a host may be writing.
  const facts = db.transaction(() => readFacts(db, target))();
  return facts === undefined ? undefined : tellStory(facts, around);
}

function readFacts(db: Db, target: StoryTarget): StoryFacts | undefined {
  const runId = target.kind === 'run' ? target.id : runIdOf(db, target.seq);
  const message =
    target.kind === 'run' ? readQuestionOf(db, target.id) : readMessage(db, target.seq);
  const run = runId === undefined ? undefined : readRunFacts(db, runId);
  const chatJid = message?.chatJid ?? run?.chatJid;
  if (chatJid === undefined) return undefined;
  return {
    chatJid,
    message,
    command: message === undefined ? undefined : readCommand(db, chatJid, message.id),
    run,
    attempts: run === undefined ? [] : readAttempts(db, run.id),
    denials: run === undefined ? [] : readDenials(db, run.id),
    slot: run === undefined ? undefined : readSlot(db, run.id),
    sent: run === undefined ? [] : readSent(db, run),
    queue: queueOf(db, chatJid, message?.seq),
    stoppedLink: readStoppedLink(db),
  };
}

function readStoppedLink(db: Db): StoryFacts['stoppedLink'] {
  const link = findLinkState(db);
  return link?.status === 'stopped' ? link : undefined;
}

function queueOf(db: Db, chatJid: Jid, seq: number | undefined): StoryFacts['queue'] {
  if (seq === undefined) return { isChatBusy: false, running: 0, ahead: 0 };
  return readQueue(db, chatJid, seq);
}
