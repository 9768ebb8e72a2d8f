import { fileURLToPath } from 'node:url';

/** The path of a program that runs in the hostile group's container. */
export const inside = (name: string): string =>
  fileURLToPath(new URL(`inside/${name}.ts`, import.meta.url));
