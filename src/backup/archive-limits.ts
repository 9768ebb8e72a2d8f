/** What an archive may at most be; a backup of ours is far below. */
export const MAX_ENTRIES = 1_000_000;
export const MAX_HEADER_BYTES = 64 * 1024;
export const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;
/** Left free on the disk, so that the host can still write when a restore has filled it. */
export const FREE_RESERVE_BYTES = 256 * 1024 * 1024;
