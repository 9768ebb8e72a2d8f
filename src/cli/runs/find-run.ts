import { terminalText } from '../../core/terminal-text.ts';
import type { Db } from '../../db/database.ts';
import { createRunHistory } from '../../db/run-history.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** Most ids that are listed when a beginning fits several. */
const MAX_MATCHES = 10;
/** An id of ours has 20 characters. */
const MAX_ID_CHARS = 200;

/** The id that a person means by an id, its beginning or `last`. Throws CliError when it is none or several. */
export function findRunId(db: Db, wanted: string): string {
  const history = createRunHistory(db);
  const shown = terminalText(wanted.slice(0, MAX_ID_CHARS));
  if (wanted === 'last') {
    const newest = history.list(1)[0];
    if (newest !== undefined) return newest.id;
    throw new CliError(EXIT.failed, 'There has been no run yet.');
  }
  const isPossible = wanted !== '' && wanted.length <= MAX_ID_CHARS;
  const ids = isPossible ? history.findIds(wanted, MAX_MATCHES + 1) : [];
  const [first, second] = ids;
  if (first !== undefined && (second === undefined || ids.includes(wanted))) {
    return ids.includes(wanted) ? wanted : first;
  }
  if (first === undefined) {
    throw new CliError(
      EXIT.failed,
      `There is no run "${shown}". \`deckhand runs list\` shows them; ` +
        '`deckhand why` takes the ids of messages.',
    );
  }
  const some = ids.slice(0, MAX_MATCHES).map((id) => `  ${id}`);
  throw new CliError(
    EXIT.usage,
    `Several runs begin with "${shown}"; give more of the one you mean:\n${some.join('\n')}` +
      (ids.length > MAX_MATCHES ? '\n  …' : ''),
  );
}
