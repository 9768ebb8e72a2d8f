import { shellWord } from '../core/shell-word.ts';

/** What a person types to keep a file to themselves, whatever its path holds. */
export function chmodCommand(path: string): string {
  return `chmod 600 ${shellWord(path)}`;
}
