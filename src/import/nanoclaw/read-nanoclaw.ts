import { type SourceFolder, SourceFolderError } from '../source-folder.ts';
import { readJsonState } from './json-state.ts';
import { mergeStates, type NanoclawState } from './source.ts';
import { readSqliteState } from './sqlite-state.ts';

/**
 * What an installation of NanoClaw v1 of any version has registered. Throws {@link SourceFolderError} when the folder is
 * none, or one of version 2.
 */
export async function readNanoclaw(source: SourceFolder): Promise<NanoclawState> {
  const sqlite = await readSqliteState(source);
  const json = await readJsonState(source);
  // What the program has read into its database once counts only where there is no database.
  const old = sqlite.groups.length === 0 ? [await readJsonState(source, '.migrated')] : [];
  const state = mergeStates([sqlite, json, ...old]);
  if (state.groups.length > 0 || state.problems.length > 0) return state;
  if ((await source.find('data', 'v2.db')) !== 'missing') {
    throw new SourceFolderError(
      'This is NanoClaw 2, which keeps its groups in another way; only version 1 can be imported.',
    );
  }
  throw new SourceFolderError(
    `${source.root} has no registered groups of NanoClaw: name the folder that holds its store/ and data/.`,
  );
}
