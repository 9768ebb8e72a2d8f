import type { Effort } from './effort.ts';
import type { ModelEntry, Retirement } from './entry.ts';

type ModelFacts = Omit<ModelEntry, 'provider'>;

const LOW_TO_XHIGH: readonly Effort[] = ['low', 'medium', 'high', 'xhigh'];
const LOW_TO_MAX: readonly Effort[] = [...LOW_TO_XHIGH, 'max'];
const LOW_TO_ULTRA: readonly Effort[] = [...LOW_TO_MAX, 'ultra'];

/** As `codex debug models` of the Codex CLI 0.169.0 lists them; a test compares. Served to either credential. */
const LISTED: readonly ModelFacts[] = [
  lite('gpt-6.1-sol', 272_000, LOW_TO_ULTRA, 'low'),
  lite('gpt-6-astra', 272_000, LOW_TO_ULTRA, 'low'),
  lite('gpt-6-sol', 272_000, LOW_TO_ULTRA, 'medium'),
  lite('gpt-6-luna', 272_000, LOW_TO_MAX, 'medium'),
  lite('gpt-5.6-sol', 272_000, LOW_TO_ULTRA, 'low'),
  lite('gpt-6.1-terra', 500_000, LOW_TO_ULTRA, 'low'),
  lite('gpt-5.6-terra', 272_000, LOW_TO_ULTRA, 'medium'),
  lite('gpt-5.6-luna', 272_000, LOW_TO_MAX, 'medium'),
  classic('gpt-5.5', 272_000),
];

/** Not listed by that CLI any more. Windows by the pages of the API; gpt-5.4's differ by credential. */
const OLDER: readonly ModelFacts[] = [
  { model: 'gpt-5.4', efforts: LOW_TO_XHIGH, defaultEffort: 'medium', isLite: false },
  classic('gpt-5.3-codex', 400_000),
  classic('gpt-5.2', 400_000),
];

const API_ONLY: readonly ModelFacts[] = [
  classic('gpt-5.2-codex', 400_000),
  { model: 'gpt-4o-mini', contextWindow: 128_000, efforts: [], isLite: false },
];

/**
 * Names that the pinned Agent SDK (0.3.329) knows, the agent runner's default first; efforts are the SDK's
 * own business.
 */
const CLAUDE: readonly ModelFacts[] = [
  'claude-sonnet-5',
  'claude-sonnet-5-5',
  'claude-opus-5',
  'claude-opus-5-5',
  'claude-haiku-5-5',
].map((model) => ({ model, efforts: [], isLite: false }));

/** Models that ChatGPT accounts were served until then; keys go on. */
const RETIRED_FOR_ACCOUNTS: ReadonlyMap<string, Retirement> = new Map([
  ['gpt-5.2', { since: '2026-06', source: 'public reports' }],
  ['gpt-5.3-codex', { since: '2026-06', source: 'public reports' }],
  ['gpt-5.4', { since: '2026-08', source: 'public reports' }],
]);

/** The catalog that comes with this version. */
export const BUNDLED_ENTRIES: readonly ModelEntry[] = [
  ...[...LISTED, ...OLDER].map((facts) => toAccountEntry(facts)),
  ...[...LISTED, ...OLDER, ...API_ONLY].map((facts) => ({ provider: 'openai', ...facts }) as const),
  ...CLAUDE.map((facts) => ({ provider: 'anthropic', ...facts }) as const),
];

function toAccountEntry(facts: ModelFacts): ModelEntry {
  const retirement = RETIRED_FOR_ACCOUNTS.get(facts.model);
  return { provider: 'openai-codex', ...facts, ...(retirement && { retirement }) };
}

function lite(
  model: string,
  contextWindow: number,
  efforts: readonly Effort[],
  defaultEffort: Effort,
): ModelFacts {
  return { model, contextWindow, efforts, defaultEffort, isLite: true };
}

function classic(model: string, contextWindow: number): ModelFacts {
  return { model, contextWindow, efforts: LOW_TO_XHIGH, defaultEffort: 'medium', isLite: false };
}
