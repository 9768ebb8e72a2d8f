const KIB = 1024;
export const MIB = KIB * 1024;
export const GIB = MIB * 1024;

/** A size as people read it: `412 KB`, `3.4 MB`, `12 GB`. */
export function formatBytes(bytes: number): string {
  const kib = Math.ceil(bytes / KIB);
  if (kib < KIB) return `${kib} KB`;
  return Math.round(bytes / MIB) < KIB ? `${round(bytes / MIB)} MB` : `${round(bytes / GIB)} GB`;
}

function round(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}
