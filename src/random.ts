import { randomBytes } from 'node:crypto';

/** Bytes nobody can guess; tests bring their own, which a seed decides. */
export type RandomBytes = (size: number) => Buffer;

export const systemRandomBytes: RandomBytes = (size) => randomBytes(size);
