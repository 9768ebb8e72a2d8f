import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { HOSTILE_FILE_NAMES, MEDIA_BOMB } from '../hostile-media.ts';
import type { AttackOutcome } from '../outcome.ts';
import type { AttackRow } from './attack-row.ts';
import { HOSTILE, type HostSite } from './host-site.ts';

/** Of the host, for a file that is a PNG by its first bytes. */
const OWN_NAME = /^media\/\d{4}-\d{2}-\d{2}-[0-9a-f]{12}\.png$/;
/** More than is taken of a sticker. */
const LARGE_BYTES = 3 * 1024 * 1024;
const PRESS_EVERY_MS = 20;

/** What members do with files. */
export const MEDIA_ROWS: readonly AttackRow<HostSite>[] = [
  { id: 'T19', attack: 'bombs and names of files', prove: sendFiles, press: pressFiles },
];

/** T19: stopped when each file lies under a name of the host as it came, and what is too large lies nowhere. */
async function sendFiles(site: HostSite, signal: AbortSignal): Promise<AttackOutcome> {
  const folder = site.paths.groupFolder(HOSTILE);
  const before = await countFiles(site);
  const named: string[] = [];
  for (const fileName of HOSTILE_FILE_NAMES) named.push(await sendBomb(site, fileName));
  const large = await sendLarge(site, signal);
  await site.world.whatsapp.waitForQuiet(signal);
  await site.app.engine.idle();
  const stored = filesOf(site);
  const kept = await Promise.all(
    named.map(async (id) => {
      const path = stored.get(id) ?? '';
      return OWN_NAME.test(path) && (await readFile(join(folder, path))).equals(MEDIA_BOMB);
    }),
  );
  const refused = large.filter((id) => stored.get(id) === 'too_large');
  const grown = (await countFiles(site)) - before;
  const asTheyCame = kept.filter(Boolean).length;
  const evidence = `${asTheyCame} of ${named.length} files lie under names of the host as they came, ${refused.length} of ${large.length} were too large, ${grown} files came to all folders of groups`;
  const stopped = grown === named.length ? asTheyCame + refused.length : 0;
  return { tried: named.length + large.length, stopped, evidence };
}

async function sendBomb(site: HostSite, fileName: string): Promise<string> {
  const file = { kind: 'document', bytes: MEDIA_BOMB, mimetype: 'text/html', fileName } as const;
  return (await site.eve.sendMedia(site.group(HOSTILE), file)).id;
}

/** A file that is larger than may be, and the same as one that claims to have a byte. */
async function sendLarge(site: HostSite, signal: AbortSignal): Promise<string[]> {
  const group = site.group(HOSTILE);
  const file = {
    kind: 'sticker',
    bytes: randomBytes(LARGE_BYTES),
    mimetype: 'image/webp',
  } as const;
  const { id } = await site.eve.sendMedia(group, file);
  const { content } = await site.ana.waitForMessage((message) => message.id === id, signal);
  const stickerMessage = { ...content.stickerMessage, fileLength: 1 };
  const lie = await site.eve.sendMessage(group, { stickerMessage });
  return [id, lie.id];
}

/** Path or state of each message's file. */
function filesOf(site: HostSite): Map<string, string> {
  const find = `select id, coalesce(path, media.state) as file
    from media join messages on messages.seq = message_seq where chat_jid = ?`;
  const rows = site.read((db) =>
    db.prepare<[string], { id: string; file: string }>(find).all(site.group(HOSTILE).jid),
  );
  return new Map(rows.map(({ id, file }) => [id, file]));
}

/** How many there are in the folders of all groups. */
async function countFiles({ paths }: HostSite): Promise<number> {
  const entries = await readdir(paths.groups, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

async function pressFiles(site: HostSite, signal: AbortSignal): Promise<void> {
  for (let index = 0; !signal.aborted; index += 1) {
    await sendBomb(site, HOSTILE_FILE_NAMES[index % HOSTILE_FILE_NAMES.length] ?? '');
    await wait(PRESS_EVERY_MS);
  }
  await site.app.engine.idle();
}
