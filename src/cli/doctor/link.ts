import { fitToWidth } from '../../core/terminal-text.ts';
import { readWaCreds } from '../../db/wa-keys.ts';
import { CliError } from '../cli-error.ts';
import { readDatabase } from '../database.ts';
import { describeLink } from '../linked-account.ts';
import { type Finding, ok, problem } from './finding.ts';

/** Longer than WhatsApp lets a name be. */
const NAME_WIDTH = 40;

/** Whether a phone has confirmed this device. Empty when the database does not tell, see its own finding. */
export async function checkLink(databasePath: string): Promise<Finding[]> {
  const found = readStored(databasePath);
  if (found === 'unreadable') return [];
  const link = await describeLink(found.stored);
  switch (link.status) {
    case 'linked': {
      const name = link.name === undefined ? '' : ` ("${fitToWidth(link.name, NAME_WIDTH)}")`;
      return [ok('link', `linked as ${link.jid}${name}`)];
    }
    case 'unlinked':
      return [
        problem('link', 'not linked to a WhatsApp account', 'Link one:\n$ npx deckhand link'),
      ];
    case 'damaged':
      return [problem('link', 'the stored link cannot be used', link.message)];
    default:
      return link satisfies never;
  }
}

function readStored(path: string): { stored: string | undefined } | 'unreadable' {
  try {
    return { stored: readDatabase(path, readWaCreds) };
  } catch (error) {
    if (error instanceof CliError) return 'unreadable';
    throw error;
  }
}
