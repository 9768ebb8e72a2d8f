import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AgentPaths } from '@deckhand/protocol';
import { z } from 'zod';
import { errorCode } from '../../../bounded-file.ts';
import { type AgentTool, defineAgentTool } from './agent-tool.ts';
import { resolveWorkspacePath } from './workspace-path.ts';

const MAX_WRITE_CHARS = 1024 * 1024;

const FLAGS =
  constants.O_WRONLY |
  constants.O_CREAT |
  constants.O_TRUNC |
  constants.O_NOFOLLOW |
  // A pipe without a reader is refused instead of waited for.
  constants.O_NONBLOCK;

export function createWriteTool(paths: AgentPaths): AgentTool {
  return defineAgentTool({
    name: 'write_file',
    description:
      'Writes a text file of your working folder, as a whole; folders on the way are made.',
    shape: {
      path: z.string().min(1).max(4096).describe('Relative to your working folder.'),
      content: z.string().max(MAX_WRITE_CHARS),
    },
    isReadOnly: false,
    async run({ path, content }) {
      const found = await resolveWorkspacePath(path, paths);
      if (!found.ok) return { text: found.reason, isError: true };
      try {
        await mkdir(dirname(found.path), { recursive: true });
        await using file = await open(found.path, FLAGS, 0o644);
        await file.writeFile(content);
        return { text: `Written: ${Buffer.byteLength(content)} bytes.`, isError: false };
      } catch (error) {
        const code = errorCode(error);
        if (code === undefined) throw error;
        return { text: `${path} cannot be written: ${code}`, isError: true };
      }
    },
  });
}
