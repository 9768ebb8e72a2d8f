import type { EgressDenial } from '../core/egress.ts';
import type { DenialFacts } from '../core/story/facts.ts';
import { MAX_DENIED_DESTINATIONS } from '../db/run-denials.ts';

/** Gathers what an agent is denied for who waits for it: the first destinations, each with how often it was tried. */
export function gatherDenials() {
  const gathered = new Map<string, DenialFacts>();
  return {
    add(denial: EgressDenial): void {
      const key = `${denial.port} ${denial.host}`;
      const before = gathered.get(key)?.count ?? 0;
      if (before === 0 && gathered.size >= MAX_DENIED_DESTINATIONS) return;
      gathered.set(key, { ...denial, count: before + 1 });
    },
    /** Those since the last time. */
    take(): DenialFacts[] {
      const taken = [...gathered.values()];
      gathered.clear();
      return taken;
    },
  };
}
