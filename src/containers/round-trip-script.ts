/** One mount as the program in the container is told of it. */
export interface TrialPlan {
  readonly target: string;
  readonly isFolder: boolean;
  readonly isReadOnly: boolean;
}

/**
 * What runs in the container, as the text of a program for `node -e`. Its arguments are a file name and the mounts as
 * JSON. In each folder it writes a file of that name and reads it, and makes and removes a second one; the first stays
 * where writing is allowed, for the host to look at. Of a mounted file it only asks for the right to write. Prints one
 * line of JSON: uid, and for each mount the errno code that it met or null.
 */
export const ROUND_TRIP_SCRIPT = `
const fs = require('node:fs');
const [name, mounts] = process.argv.slice(1);
const tryFile = (path) => fs.closeSync(fs.openSync(path, 'r+'));
const tryFolder = (path, isReadOnly) => {
  fs.writeFileSync(path + '/' + name, name, { flag: 'wx', mode: 0o600 });
  if (isReadOnly) return fs.unlinkSync(path + '/' + name);
  if (fs.readFileSync(path + '/' + name, 'utf8') !== name) throw { code: 'EIO' };
  fs.writeFileSync(path + '/' + name + '.gone', '', { flag: 'wx', mode: 0o600 });
  fs.unlinkSync(path + '/' + name + '.gone');
};
const tryMount = ({ target, isFolder, isReadOnly }) => {
  try {
    if (isFolder) tryFolder(target, isReadOnly);
    else tryFile(target);
    return null;
  } catch (error) {
    return error.code || 'unknown';
  }
};
const codes = JSON.parse(mounts).map(tryMount);
process.stdout.write(JSON.stringify({ uid: process.getuid(), codes }) + '\\n');
`;
