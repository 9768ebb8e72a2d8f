import { z } from 'zod';

/** What an archive’s layout is; another number means that this version cannot read it. */
export const FORMAT = 1;
/** The first entry: what the archive is. */
export const HEADER_NAME = 'backup.json';
/** The last entry: what every entry between has to be. */
export const MANIFEST_NAME = 'manifest.json';

/** The last moment that a Date can hold (ECMA-262, 21.4.1.1). */
const LATEST_DATE_MS = 8_640_000_000_000_000;

export const headerSchema = z.strictObject({
  format: z.number().int(),
  /** Version of Deckhand that wrote it. */
  deckhand: z.string().max(100),
  /** Of the database. */
  schema: z.number().int().nonnegative(),
  /** Unix milliseconds. */
  createdAt: z.number().int().nonnegative().max(LATEST_DATE_MS),
  /** With credentials, `.env` and the keys of the WhatsApp link. */
  secrets: z.boolean(),
  /** False: large files were left out. */
  files: z.boolean(),
});
export type BackupHeader = z.infer<typeof headerSchema>;

const leftOutReasonSchema = z.enum(['link', 'special', 'large', 'long', 'unreadable', 'gone']);
export type LeftOutReason = z.infer<typeof leftOutReasonSchema>;

export const manifestSchema = z.strictObject({
  files: z.array(
    z.strictObject({
      path: z.string(),
      /** Bytes. */
      size: z.number().int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  /** What lay in the folders and is not in the archive. */
  leftOut: z.array(z.strictObject({ path: z.string(), reason: leftOutReasonSchema })),
});
export type BackupManifest = z.infer<typeof manifestSchema>;
export type ManifestFile = BackupManifest['files'][number];
export type LeftOut = BackupManifest['leftOut'][number];
