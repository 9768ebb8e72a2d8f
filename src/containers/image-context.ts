import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files and folders of the project that the agent image is made of, relative to its root. */
const FILES = ['container/Dockerfile', 'package-lock.json', 'package.json'];
const FOLDERS = ['container/agent-runner', 'container/protocol'];

export interface ImageContext {
  /** Paths relative to the project's root with `/`, sorted. */
  readonly files: readonly string[];
  /** 16 hex digits over the names and contents of the files. */
  readonly hash: string;
}

/** What npm and the bundler make is made again inside the image. */
const MADE_FOLDERS = ['node_modules', 'dist'];

function belongsInImage(path: string): boolean {
  const isMade = path.split('/').some((part) => MADE_FOLDERS.includes(part));
  return !isMade && !path.endsWith('.test.ts');
}

async function listFolder(projectRoot: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(projectRoot, folder), { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (!belongsInImage(path)) continue;
    if (entry.isDirectory()) files.push(...(await listFolder(projectRoot, path)));
    else if (entry.isFile()) files.push(path);
  }
  return files;
}

/** Reads what the image would be built from now. Rejects when the project's files are not there. */
export async function readImageContext(projectRoot: string): Promise<ImageContext> {
  const nested = await Promise.all(FOLDERS.map((folder) => listFolder(projectRoot, folder)));
  const files = [...FILES, ...nested.flat()].sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const content = await readFile(join(projectRoot, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return { files, hash: hash.digest('hex').slice(0, 16) };
}
