import type { StoryAround } from '../../core/story/facts.ts';
import type { Story } from '../../core/story/story.ts';
import { readStory, type StoryTarget } from '../../db/story.ts';
import { findLastQuestion } from '../../db/story-message.ts';
import { findStories, type StoryMatch } from '../../db/story-search.ts';
import type { ServingHost } from '../ports.ts';

/** More are not listed: a longer beginning says which one is meant. */
const MAX_MATCHES = 20;

/** `ambiguous`: the id, or its beginning, is that of several. */
export type FoundStory =
  | { status: 'found'; target: StoryTarget; story: Story }
  | { status: 'ambiguous'; matches: readonly StoryMatch[] }
  | { status: 'unknown' };

/** `wanted` is the id of a message or a run, its beginning, `last`, or `#` and the number of a message. */
export function lookUpStory(host: ServingHost, wanted: string, now: number): FoundStory {
  const matches = findMatches(host, wanted);
  if (Array.isArray(matches)) {
    if (matches.length > 1) return { status: 'ambiguous', matches };
    return tell(host, matches[0]?.target, now);
  }
  return tell(host, matches, now);
}

export function tellStoryOf(
  host: ServingHost,
  target: StoryTarget,
  now: number,
): Story | undefined {
  return readStory(host.db, target, storyAround(host, now));
}

function findMatches({ db }: ServingHost, wanted: string): StoryTarget | undefined | StoryMatch[] {
  if (/^#\d{1,15}$/.test(wanted)) return { kind: 'message', seq: Number(wanted.slice(1)) };
  if (wanted !== 'last') return findStories(db, { wanted, chatJid: undefined, limit: MAX_MATCHES });
  const seq = findLastQuestion(db, undefined);
  return seq === undefined ? undefined : { kind: 'message', seq };
}

function tell(host: ServingHost, target: StoryTarget | undefined, now: number): FoundStory {
  if (target === undefined) return { status: 'unknown' };
  const story = tellStoryOf(host, target, now);
  return story === undefined ? { status: 'unknown' } : { status: 'found', target, story };
}

function storyAround({ registrations, assistantName }: ServingHost, now: number): StoryAround {
  return {
    now,
    isHostRunning: true,
    groupOf(chatJid) {
      const group = registrations.get(chatJid);
      if (group === undefined) return undefined;
      const address = `@${(group.trigger ?? assistantName).replace(/^@/, '')}`;
      return { folder: group.folder, address };
    },
  };
}
