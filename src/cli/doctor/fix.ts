import type { Examined } from './examine.ts';
import type { Finding } from './finding.ts';

export interface FixDeps {
  /** Whether something may be removed; `what` completes "May I …?". */
  readonly mayRemove: (what: string, signal: AbortSignal) => Promise<boolean>;
  /** Hears why something could not be mended. */
  readonly onFailure: (finding: Finding, reason: string) => void;
}

/** Mends what can be mended, one after the other. Gives what was examined, with what was done about it. */
export async function applyFixes(
  deps: FixDeps,
  examined: readonly Examined[],
  signal: AbortSignal,
): Promise<Examined[]> {
  const mended: Examined[] = [];
  for (const { check, findings } of examined) {
    const after: Finding[] = [];
    for (const finding of findings) after.push(await applyFix(deps, finding, signal));
    mended.push({ check, findings: after });
  }
  return mended;
}

async function applyFix(deps: FixDeps, finding: Finding, signal: AbortSignal): Promise<Finding> {
  const { fix } = finding;
  if (fix === undefined) return finding;
  if (fix.removes !== undefined && !(await deps.mayRemove(fix.removes, signal))) return finding;
  try {
    return { ...finding, fixed: await fix.apply(signal) };
  } catch (error) {
    signal.throwIfAborted();
    deps.onFailure(finding, error instanceof Error ? error.message : String(error));
    return finding;
  }
}

/** What was mended at the first look, and what a second one found; both have the same checks. */
export function mergeLooks(first: readonly Examined[], second: readonly Examined[]): Finding[] {
  return second.flatMap(({ findings }, index) => {
    const mended = first[index]?.findings.filter(({ fixed }) => fixed !== undefined) ?? [];
    return [...mended, ...findings];
  });
}
