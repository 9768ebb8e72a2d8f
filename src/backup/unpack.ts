import type { ParsedTarEntry } from 'modern-tar';
import type { z } from 'zod';
import { migrations } from '../db/migrations/index.ts';
import { MAX_HEADER_BYTES, MAX_MANIFEST_BYTES } from './archive-limits.ts';
import { DATABASE_PATH } from './archive-path.ts';
import { readArchive } from './archive-reader.ts';
import { BackupError } from './backup-error.ts';
import {
  type BackupHeader,
  type BackupManifest,
  FORMAT,
  HEADER_NAME,
  headerSchema,
  MANIFEST_NAME,
  manifestSchema,
} from './manifest.ts';
import { Stage } from './stage.ts';

export interface Unpacked {
  readonly header: BackupHeader;
  readonly manifest: BackupManifest;
}

/**
 * Unpacks a whole archive into an empty folder and compares all of it with its manifest. Rejects with BackupError as
 * soon as anything is not as a backup of a known version has it; the folder is then of no use.
 */
export async function unpack(file: string, folder: string, signal: AbortSignal): Promise<Unpacked> {
  const stage = await Stage.open(folder);
  let header: BackupHeader | undefined;
  let manifest: BackupManifest | undefined;
  const take = async (entry: ParsedTarEntry): Promise<void> => {
    if (manifest !== undefined) throw new BackupError('The archive goes on after its manifest.');
    if (header === undefined) header = await readHeader(entry);
    else if (entry.header.name === MANIFEST_NAME) manifest = await readManifest(entry);
    else await stage.add(entry);
  };
  await readArchive(file, take, signal);
  if (header === undefined || manifest === undefined) {
    throw new BackupError(
      `${file} is not a whole backup: its end is missing. Nothing was changed.`,
    );
  }
  compare(stage, manifest);
  return { header, manifest };
}

async function readHeader(entry: ParsedTarEntry): Promise<BackupHeader> {
  if (entry.header.name !== HEADER_NAME) {
    throw new BackupError('This archive is not a backup of Deckhand.');
  }
  const header = await readJson(entry, MAX_HEADER_BYTES, headerSchema);
  const known = migrations.at(-1)?.version ?? 0;
  if (header.format === FORMAT && header.schema <= known) return header;
  throw new BackupError(
    `The backup was written by Deckhand ${header.deckhand}, which is newer than this one. Update Deckhand first.`,
  );
}

function readManifest(entry: ParsedTarEntry): Promise<BackupManifest> {
  return readJson(entry, MAX_MANIFEST_BYTES, manifestSchema);
}

async function readJson<T>(
  { header, body }: ParsedTarEntry,
  maxBytes: number,
  schema: z.ZodType<T>,
): Promise<T> {
  if (header.size > maxBytes) throw new BackupError(`${header.name} of the archive is too large.`);
  const text = await new Response(body).text();
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new BackupError(`${header.name} of the archive cannot be understood.`, { cause: error });
  }
}

function compare(stage: Stage, manifest: BackupManifest): void {
  const expected = new Map(manifest.files.map((file) => [file.path, file]));
  for (const [path, { size, sha256 }] of stage.files) {
    const wanted = expected.get(path);
    if (wanted?.size !== size || wanted.sha256 !== sha256) throw different(path);
  }
  const missing = manifest.files.find(({ path }) => !stage.files.has(path));
  if (missing !== undefined) throw different(missing.path);
  if (!stage.files.has(DATABASE_PATH)) throw different(DATABASE_PATH);
}

function different(path: string): BackupError {
  return new BackupError(
    `The archive is damaged or was changed: ${JSON.stringify(path)} is not what its manifest says. Nothing was changed.`,
  );
}
