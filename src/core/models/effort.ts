import { z } from 'zod';

/** How much a model thinks before it answers, from least to most. */
export const effortSchema = z.enum(['minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra']);
export type Effort = z.infer<typeof effortSchema>;

const ORDER = effortSchema.options;

/** The part of a catalog entry that efforts depend on; `efforts` is empty for a model that does not reason. */
export interface EffortSupport {
  readonly model: string;
  readonly efforts: readonly Effort[];
  readonly defaultEffort?: Effort | undefined;
}

/**
 * The supported effort nearest to the wanted one, the lower of two that are equally near; for a word that is
 * no effort the model's default. Undefined when the model does not reason, so that none may be sent. The
 * Codex CLI itself forwards whatever it is given.
 */
export function clampEffort(support: EffortSupport, wanted: string): Effort | undefined {
  const { efforts } = support;
  const fallback = support.defaultEffort ?? (efforts.includes('medium') ? 'medium' : efforts[0]);
  const parsed = effortSchema.safeParse(wanted.toLowerCase());
  if (!parsed.success || efforts.length === 0) return fallback;
  return nearest(efforts, applyFamilyRule(support.model.toLowerCase(), parsed.data));
}

/** Rules of model families that the catalogs do not tell, from public reports of refused requests. */
function applyFamilyRule(model: string, effort: Effort): Effort {
  if (model.startsWith('gpt-5.1-codex-mini')) {
    return effort === 'high' || effort === 'xhigh' ? 'high' : 'medium';
  }
  if (/^gpt-5\.1(-|$)/.test(model) && effort === 'xhigh') return 'high';
  if (/^gpt-5\.[234](-|$)/.test(model) && effort === 'minimal') return 'low';
  return effort;
}

function nearest(efforts: readonly Effort[], wanted: Effort): Effort {
  const distance = (effort: Effort) => Math.abs(ORDER.indexOf(effort) - ORDER.indexOf(wanted));
  const ascending = ORDER.filter((effort) => efforts.includes(effort));
  return ascending.reduce((best, next) => (distance(next) < distance(best) ? next : best));
}
