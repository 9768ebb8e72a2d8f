import { createHash } from 'node:crypto';

/** Systemd allows more; this is safe in file names and labels of both managers, and never looks like an option. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,79}$/;

/**
 * One name per installation: `deckhand-` and 8 hex digits of the SHA-256 of its folder's real path, so that two
 * installations of one user never replace each other's service.
 */
export function serviceName(realHome: string): string {
  return `deckhand-${createHash('sha256').update(realHome).digest('hex').slice(0, 8)}`;
}

export function isServiceName(name: string): boolean {
  return NAME.test(name) && !name.endsWith('.service');
}
