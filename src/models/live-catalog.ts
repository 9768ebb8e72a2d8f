import type { Now } from '../clock.ts';
import type { LiveList } from '../core/models/live-list.ts';
import { listCliModels } from './cli-source.ts';
import {
  type ApiSource,
  type ChatgptSource,
  listApiModels,
  listChatgptModels,
} from './server-sources.ts';
import type { SourceOutcome } from './source.ts';

export interface LiveSources {
  /** The Codex CLI's native program; absent when it is not installed. */
  readonly codexBinary: string | undefined;
  /** Absent without a ChatGPT sign-in. */
  readonly chatgpt?: ChatgptSource | undefined;
  /** Absent without a key. */
  readonly api?: ApiSource | undefined;
}

export interface LiveCatalog {
  /** Unix milliseconds. */
  readonly fetchedAt: number;
  /** The less complete first. Empty when no source answered. */
  readonly lists: readonly LiveList[];
  /** A sentence for every source that did not answer. */
  readonly notes: readonly string[];
}

const NO_CLI: SourceOutcome = {
  ok: false,
  note: 'The Codex CLI is not installed for this machine; `npm ci` in the folder of Deckhand brings it.',
};

/**
 * Asks everybody who can tell what is served now. For commands of a person alone: answers to messages never
 * wait for it. Rejects only when the signal aborts.
 */
export async function readLiveCatalog(
  { codexBinary, chatgpt, api }: LiveSources,
  now: Now,
  signal: AbortSignal,
): Promise<LiveCatalog> {
  const outcomes = await Promise.all([
    codexBinary === undefined ? NO_CLI : listCliModels(codexBinary, signal),
    ...(chatgpt ? [listChatgptModels(chatgpt, signal)] : []),
    ...(api ? [listApiModels(api, signal)] : []),
  ]);
  return {
    fetchedAt: now(),
    lists: outcomes.flatMap((outcome) => (outcome.ok ? outcome.lists : [])),
    notes: outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.note])),
  };
}
