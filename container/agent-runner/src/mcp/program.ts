import { join } from 'node:path';

/**
 * Path of the MCP server's program. It lies elsewhere in the image's bundle, where this file is part of a
 * chunk beside it.
 */
export function findToolServer(): string {
  const isBundled = import.meta.filename.endsWith('.js');
  return join(import.meta.dirname, isBundled ? 'mcp.js' : 'main.ts');
}
