import type { Jid } from '../../core/message.ts';
import type { StoryAround } from '../../core/story/facts.ts';
import type { Story } from '../../core/story/story.ts';
import { terminalText } from '../../core/terminal-text.ts';
import type { Db } from '../../db/database.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { createLinkTimes } from '../../db/link-times.ts';
import { readStory, type StoryTarget } from '../../db/story.ts';
import { findLastQuestion, readMessageText } from '../../db/story-message.ts';
import { findStories, readSearched, type StoryMatch } from '../../db/story-search.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { noDatabase, readDatabase } from '../database.ts';
import { EXIT } from '../exit-code.ts';
import type { KnownGroups } from '../known-groups.ts';
import { explainUnknown } from './explain-unknown.ts';

/** Most ids that are listed when a beginning fits several. */
const MAX_MATCHES = 10;

/** One story as `why --json` prints it. */
export interface ToldStory extends Story {
  readonly target: StoryTarget;
  /** Asked for alone. */
  readonly text?: string;
}

export interface Wanted {
  readonly wanted: string;
  readonly chatJid: Jid | undefined;
  readonly hasText: boolean;
}

/** The stories that a person asks for: several when several messages have that very id. Throws CliError when none. */
export function collectStories(
  context: CliContext,
  known: KnownGroups,
  wanted: Wanted,
): readonly ToldStory[] {
  const { database } = installationPaths(context);
  const around = storyAround(context, known);
  const found = readDatabase(database, (db) =>
    findTargets(db, wanted, around, known).flatMap((target) =>
      tellOne(db, target, around, wanted.hasText),
    ),
  );
  if (found !== undefined) return found;
  throw noDatabase();
}

function storyAround(context: CliContext, known: KnownGroups): StoryAround {
  const { assistantName, problem } = known;
  const addressOf = (trigger = assistantName) => `@${trigger.replace(/^@/, '')}`;
  return {
    now: context.now(),
    isHostRunning: isHostRunning(installationPaths(context).lock),
    groupOf(chatJid) {
      const group = known.find(chatJid);
      if (group !== undefined) return { folder: group.folder, address: addressOf(group.trigger) };
      // Nothing may be said of registrations that cannot be read.
      return problem === undefined ? undefined : { folder: '<folder>', address: addressOf() };
    },
  };
}

function findTargets(
  db: Db,
  { wanted, chatJid }: Wanted,
  around: StoryAround,
  known: KnownGroups,
): readonly StoryTarget[] {
  if (wanted === 'last') return [lastQuestion(db, chatJid)];
  const matches = findStories(db, { wanted, chatJid, limit: MAX_MATCHES + 1 });
  if (matches.length === 0) {
    const searched = readSearched(db, { wanted, chatJid });
    throw new CliError(
      EXIT.failed,
      explainUnknown({
        wanted,
        openAt: createLinkTimes(db).last()?.at,
        searched,
        around,
        zone: known.timeZone,
        isOneChat: chatJid !== undefined,
      }),
    );
  }
  const isExact = matches.every(({ id }) => id.toLowerCase() === wanted.toLowerCase());
  if (matches.length === 1 || isExact) return matches.map(({ target }) => target);
  throw ambiguous(wanted, matches, known);
}

function lastQuestion(db: Db, chatJid: Jid | undefined): StoryTarget {
  const seq = findLastQuestion(db, chatJid);
  if (seq !== undefined) return { kind: 'message', seq };
  throw new CliError(
    EXIT.failed,
    'No message has asked the assistant for anything yet. `deckhand why` without an id lists what came in.',
  );
}

function ambiguous(wanted: string, matches: readonly StoryMatch[], known: KnownGroups): CliError {
  const shown = matches
    .slice(0, MAX_MATCHES)
    .map(({ id, chatJid }) => `  ${id}  ${known.labelOf(chatJid)}`);
  const more = matches.length > MAX_MATCHES ? '\n  …' : '';
  return new CliError(
    EXIT.usage,
    `Several ids begin with "${terminalText(wanted)}"; give more of the one you mean:\n${shown.join('\n')}${more}`,
  );
}

function tellOne(db: Db, target: StoryTarget, around: StoryAround, hasText: boolean): ToldStory[] {
  const story = readStory(db, target, around);
  if (story === undefined) return [];
  const text = hasText && target.kind === 'message' ? readMessageText(db, target.seq) : undefined;
  return [{ ...story, target, ...(text !== undefined && { text }) }];
}
