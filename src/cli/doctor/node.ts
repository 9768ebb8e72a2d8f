import { type Finding, ok, problem } from './finding.ts';

const OLDEST = [24, 12] as const;

/** The Node that runs this very program: TypeScript without a build needs 24.12. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (isNewEnough) return ok('node', version);
  return problem(
    'node.old',
    `${version} is older than ${OLDEST.join('.')}`,
    'Run `npm ci` in the folder of Deckhand, which brings its own Node, and start `deckhand` from there.',
  );
}
