const KIB = 1024;
export const MIB = KIB * 1024;
export const GIB = MIB * 1024;

/** `412 KB`, `3.4 MB`, `12 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= GIB) return `${round(bytes / GIB)} GB`;
  return bytes >= MIB ? `${round(bytes / MIB)} MB` : `${Math.ceil(bytes / KIB)} KB`;
}

function round(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
