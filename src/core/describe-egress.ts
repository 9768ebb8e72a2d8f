import type { EgressSettings } from './group.ts';

const MODEL_ALONE = 'its model alone';

/** What an agent may reach, as the end of a sentence; undefined where its group says nothing. */
export function describeEgress({ policy, hosts = [] }: EgressSettings = {}): string | undefined {
  switch (policy) {
    case undefined:
      return undefined;
    case 'open':
      return 'every public address';
    case 'model-only':
      return MODEL_ALONE;
    case 'allowlist':
      return hosts.length === 0 ? MODEL_ALONE : `its model and ${hosts.join(', ')}`;
    default:
      return policy satisfies never;
  }
}
