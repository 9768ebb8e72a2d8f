import { formatLocal } from '../../core/schedule/local-time.ts';
import { fitToWidth } from '../../core/terminal-text.ts';
import type { Db } from '../../db/database.ts';
import { findLinkState, type LinkState } from '../../db/link-state.ts';
import { readWaCreds } from '../../db/wa-keys.ts';
import { CliError } from '../cli-error.ts';
import { readDatabase } from '../database.ts';
import { describeLink } from '../linked-account.ts';
import { type Finding, ok, problem } from './finding.ts';

/** Longer than WhatsApp lets a name be. */
const NAME_WIDTH = 40;

interface StoredLink {
  readonly creds: string | undefined;
  readonly state: LinkState | undefined;
}

/**
 * Whether a phone has confirmed this device, and how its last connection ended. Empty when the database does not tell,
 * see its own finding.
 */
export async function checkLink(databasePath: string, timeZone: string): Promise<Finding[]> {
  const found = readStored(databasePath);
  if (found === 'unreadable') return [];
  const link = await describeLink(found.creds);
  switch (link.status) {
    case 'linked': {
      const name = link.name === undefined ? '' : ` ("${fitToWidth(link.name, NAME_WIDTH)}")`;
      return [judgeState(found.state, `linked as ${link.jid}${name}`, timeZone)];
    }
    case 'unlinked': {
      const mend = 'Link one:\n$ npx deckhand link';
      return [problem('link.missing', 'not linked to a WhatsApp account', mend)];
    }
    case 'damaged':
      return [problem('link.damaged', 'the stored link cannot be used', link.message)];
    default:
      return link satisfies never;
  }
}

function judgeState(state: LinkState | undefined, linked: string, timeZone: string): Finding {
  if (state === undefined) return ok('link', linked);
  const at = formatLocal(state.at, timeZone);
  switch (state.status) {
    case 'open':
      return ok('link', `${linked}, last connected ${at}`);
    case 'stopped': {
      const id = state.isOutdated ? 'link.outdated' : 'link.ended';
      const detail = `${linked}, but the last connection ended ${at}: ${state.reason}`;
      const update = '\n$ git pull && npm ci';
      return problem(id, detail, state.isOutdated ? `${state.mend}${update}` : state.mend);
    }
    default:
      return state satisfies never;
  }
}

function readStored(path: string): StoredLink | 'unreadable' {
  const read = (db: Db): StoredLink => ({ creds: readWaCreds(db), state: findLinkState(db) });
  try {
    return readDatabase(path, read) ?? { creds: undefined, state: undefined };
  } catch (error) {
    if (error instanceof CliError) return 'unreadable';
    throw error;
  }
}
