import { z } from 'zod';

/** Names that mean something else in `groups/`, `data/` or on some file system. */
const RESERVED = /^(global|con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * Folder of a group: lower-case ASCII letters, digits, `-` and `_`, 1 to 64 characters, starting with a
 * letter or digit. So no separator, dot, unicode look-alike or upper/lower-case twin can occur.
 */
export const folderNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,63}$/,
    'must be 1-64 lower-case letters, digits, "-" or "_", and start with a letter or digit',
  )
  .refine((name) => !RESERVED.test(name), { error: 'is a reserved name' });
