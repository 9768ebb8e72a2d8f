import type { ModelEntry } from './entry.ts';
import type { ModelRef } from './model-ref.ts';

const SPARK = 'gpt-5.3-codex-spark';

/**
 * Adds gpt-5.3-codex-spark when gpt-5.3-codex is listed for ChatGPT sign-ins without it. Its retirement is not
 * taken along: the reports name gpt-5.3-codex alone.
 */
export function withSpark(entries: readonly ModelEntry[]): readonly ModelEntry[] {
  const listed = entries.filter(({ provider }) => provider === 'openai-codex');
  if (listed.some(({ model }) => model === SPARK)) return entries;
  return entries.flatMap((entry) => {
    const isSource = listed.includes(entry) && entry.model === 'gpt-5.3-codex';
    return isSource ? [entry, cloneEntry(entry, SPARK)] : [entry];
  });
}

function cloneEntry({ retirement: _own, ...entry }: ModelEntry, model: string): ModelEntry {
  return { ...entry, model, clonedFrom: entry.model };
}

/**
 * What an unlisted model of OpenAI is taken for: the nearest older one, with the same variant if the same
 * generation has it (`gpt-6.2-sol` as `gpt-6.1-sol`). Undefined for names without a version, and for those
 * older than everything listed.
 */
export function inferEntry(ref: ModelRef, entries: readonly ModelEntry[]): ModelEntry | undefined {
  const wanted = parseVersion(ref.model);
  if (ref.provider === 'anthropic' || wanted === undefined) return undefined;
  const older = entries.flatMap((entry) => {
    const version = entry.provider === ref.provider ? parseVersion(entry.model) : undefined;
    return version && version.order <= wanted.order ? [{ entry, version }] : [];
  });
  const isKin = ({ version }: (typeof older)[number]) =>
    version.major === wanted.major && version.variant === wanted.variant;
  const ranked = older.sort(
    (a, b) => Number(isKin(b)) - Number(isKin(a)) || b.version.order - a.version.order,
  );
  return ranked[0] && { ...cloneEntry(ranked[0].entry, ref.model), provider: ref.provider };
}

interface Version {
  readonly major: number;
  readonly variant: string;
  /** Greater for newer. */
  readonly order: number;
}

function parseVersion(model: string): Version | undefined {
  const match = /^gpt-(\d{1,3})(?:\.(\d{1,3}))?(?:-(.+))?$/i.exec(model);
  if (match === null) return undefined;
  const [, major = '0', minor = '0', variant = ''] = match;
  return {
    major: Number(major),
    variant: variant.toLowerCase(),
    order: Number(major) * 1000 + Number(minor),
  };
}
