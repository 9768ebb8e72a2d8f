import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Hono } from 'hono';

const FOLDER = join(import.meta.dirname, 'client');

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Serves the browser's side, read once: what is asked for is a name in a list and never a path. */
export function addAssets(app: Hono): void {
  for (const name of readdirSync(FOLDER)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const bytes = readFileSync(join(FOLDER, name), 'utf8');
    app.get(`/assets/${name}`, (c) => c.body(bytes, 200, { 'Content-Type': type }));
  }
}
