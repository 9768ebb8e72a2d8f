// Prints the folders of the registered groups, a line each, for completion in a shell: at every press of a key, and so
// without loading the program. Plain JavaScript for any Node since 18; says nothing when there is nothing to say.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = process.env.DECKHAND_HOME || dirname(dirname(fileURLToPath(import.meta.url)));
const folders = Object.values(readRegistrations()).map((group) => group?.folder);
// What could mean something to a shell is no folder of a group either.
const plain = folders.filter((folder) => typeof folder === 'string' && /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(folder));
process.stdout.write(plain.map((folder) => `${folder}\n`).join(''));

function readRegistrations() {
  try {
    return JSON.parse(readFileSync(join(home, 'data', 'registered_groups.json'), 'utf8')) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError || error.code !== undefined) return {};
    throw error;
  }
}
