import { TERMINAL_FOLDER, terminalGroup } from '../core/ask/terminal-group.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { GroupMap } from '../core/registration.ts';

/**
 * The group that a question is asked in, by its folder. The one that stands in where none is registered has no egress
 * policy of its own either, so that the installation's holds.
 */
export function findAskedGroup(groups: GroupMap, folder: string): RegisteredGroup | undefined {
  const registered = [...groups.values()].find((group) => group.folder === folder);
  return registered ?? (folder === TERMINAL_FOLDER ? terminalGroup('claude') : undefined);
}
