import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createContainerAuth } from '../../../src/credentials/container-auth.ts';
import { createCredentialStore } from '../../../src/credentials/file-credential-store.ts';
import { isErrno } from '../../../src/errno.ts';
import { MailboxFolderTree } from '../../../src/ipc/mailbox-folder.ts';
import { Quarantine } from '../../../src/ipc/quarantine.ts';
import { Replies } from '../../../src/ipc/replies.ts';
import { writeSnapshot } from '../../../src/ipc/snapshot-file.ts';
import { createLogger } from '../../../src/logger.ts';
import { writeMediaFile } from '../../../src/media/media-folder.ts';
import { createSpool } from '../../../src/media/spool.ts';
import { hostPaths } from '../../../src/paths.ts';
import { editRegistrations, type RegistrationEdit } from '../../../src/registrations/edit.ts';
import { Ballast, PAGE_BYTES } from './ballast.ts';

/** What a write has left when the disk had room for so many pages. */
interface FullDiskWrite {
  readonly kind: string;
  readonly pages: number;
  /** `ENOSPC` or what else it failed with. */
  readonly failure?: string;
  /** The file has the whole old text or the whole new one. */
  readonly isWhole: boolean;
  /** Beside the file, when the write failed. */
  readonly leftovers: readonly string[];
  /** Whether the same write works at once when there is room. */
  readonly worksAfterwards: boolean;
}

export interface FullDiskWrites {
  readonly writes: readonly FullDiskWrite[];
  /** Of files that agents send: how many were copied, how many were not, and how many files there are. */
  readonly copies: { readonly whole: number; readonly refused: number; readonly files: number };
}

/** Writes a text in its own way into a file that is replaced as a whole. */
interface Writer {
  readonly kind: string;
  readonly path: string;
  readonly write: (text: string) => Promise<unknown>;
}

const MAX_PAGES = 9;
/** Three pages, so that a write can be cut off in the middle. */
const TEXT_BYTES = 3 * PAGE_BYTES - 1_000;
const { signal } = new AbortController();
const home = mkdtempSync(join(tmpdir(), 'deckhand-full-'));
const paths = hostPaths(home);
const now = () => Date.now();
const logger = createLogger('silent');
const tree = new MailboxFolderTree(
  paths.ipcRoot,
  'family',
  new Quarantine(paths.quarantineRoot, now),
);
const replies = new Replies(tree);
const credentials = createCredentialStore({ folder: paths.credentials });
const containerAuth = createContainerAuth({
  paths,
  store: credentials,
  handOver: () => Promise.resolve(),
  now,
  logger,
});
const spool = createSpool({ root: paths.spool, logger });
const ballast = new Ballast();
const JID = '1@g.us';
const edit = (change: RegistrationEdit) =>
  editRegistrations({ path: paths.registrations, now }, change, signal);

const WRITERS: readonly Writer[] = [
  {
    kind: 'reply to a request',
    path: join(paths.ipc('family'), 'replies', 'a.json'),
    write: (text) =>
      replies.write('a.json', { ok: false, requestId: 'a.json', code: 'malformed', error: text }),
  },
  {
    kind: 'snapshot for an agent',
    path: join(paths.ipc('family'), 'current_tasks.json'),
    write: (text) => writeSnapshot(tree, 'current_tasks.json', [text]),
  },
  {
    kind: 'file of a message',
    path: join(paths.groupFolder('family'), 'media', 'photo.jpg'),
    write: (text) => writeMediaFile(paths.groupFolder('family'), 'photo.jpg', Buffer.from(text)),
  },
  {
    kind: 'credential',
    path: join(paths.credentials, 'openai.json'),
    write: (text) =>
      credentials.write({ name: 'openai' }, { v: 1, kind: 'api_key', key: text, savedAt: 1 }),
  },
  {
    kind: 'credential of a container',
    path: join(paths.codexHome('family'), 'auth.json'),
    write: (text) =>
      containerAuth.publish('family', { accessToken: text, idToken: text, accountId: 'a' }),
  },
  {
    kind: 'registration',
    path: paths.registrations,
    write: (text) => edit({ type: 'set', jid: JID, fields: { name: text.slice(0, 150) } }),
  },
];

await edit({ type: 'add', group: { jid: JID, name: 'Family', folder: 'family' } });
for (const writer of WRITERS) await writer.write('o'.repeat(TEXT_BYTES));
const writes: FullDiskWrite[] = [];
for (const writer of WRITERS) {
  for (let pages = 0; pages < MAX_PAGES; pages++) writes.push(await cutOff(writer, pages));
}
const result: FullDiskWrites = { writes, copies: await cutOffCopies() };
process.stdout.write(JSON.stringify(result));

async function cutOff({ kind, path, write }: Writer, pages: number): Promise<FullDiskWrite> {
  const before = await readFile(path, 'utf8');
  const text = `${pages % 10}`.repeat(TEXT_BYTES);
  const names = () => readdirSync(dirname(path)).toSorted();
  const known = names();
  ballast.leave(pages);
  const failure = await write(text).then(() => undefined, describe);
  const after = await readFile(path, 'utf8');
  const leftovers = names().filter((name) => !known.includes(name));
  ballast.remove();
  const isWhole = failure === undefined ? after !== before : after === before;
  const again = await write(text).then(() => undefined, describe);
  return {
    kind,
    pages,
    ...(failure === undefined ? {} : { failure }),
    isWhole,
    leftovers,
    worksAfterwards: again === undefined,
  };
}

async function cutOffCopies(): Promise<FullDiskWrites['copies']> {
  mkdirSync(paths.groupFolder('family'), { recursive: true });
  let [whole, refused] = [0, 0];
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    ballast.leave(pages);
    const taken = await spool.take(paths.groupFolder('family'), 'media/photo.jpg', 1e6).then(
      (outcome) => outcome.ok,
      () => false,
    );
    ballast.remove();
    if (taken) whole += 1;
    else refused += 1;
  }
  return { whole, refused, files: readdirSync(paths.spool).length };
}

function describe(error: unknown): string {
  return isErrno(error, 'ENOSPC') ? 'ENOSPC' : String(error);
}
