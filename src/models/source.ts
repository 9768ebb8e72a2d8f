import type { LiveList } from '../core/models/live-list.ts';

/** What one source of live models has told; `note` is a sentence for people. */
export type SourceOutcome =
  | { readonly ok: true; readonly lists: readonly LiveList[] }
  | { readonly ok: false; readonly note: string };
