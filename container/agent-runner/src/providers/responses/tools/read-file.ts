import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { AgentPaths } from '@deckhand/protocol';
import { z } from 'zod';
import { errorCode } from '../../../bounded-file.ts';
import type { ToolOutcome } from '../../../tools/outcome.ts';
import { type AgentTool, defineAgentTool } from './agent-tool.ts';
import { resolveWorkspacePath } from './workspace-path.ts';

/** How much of a file the model is shown at once, in bytes. */
const MAX_READ_BYTES = 48 * 1024;

const refuse = (text: string): ToolOutcome => ({ text, isError: true });

export function createReadTool(paths: AgentPaths): AgentTool {
  return defineAgentTool({
    name: 'read_file',
    description: `Reads a text file of your working folder, ${MAX_READ_BYTES} bytes at most. For other parts of a large file use shell.`,
    shape: { path: z.string().min(1).max(4096).describe('Relative to your working folder.') },
    isReadOnly: true,
    async run({ path }) {
      const found = await resolveWorkspacePath(path, paths);
      if (!found.ok) return refuse(found.reason);
      try {
        await using file = await open(
          found.path,
          constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
        );
        return await readText(file, path);
      } catch (error) {
        const code = errorCode(error);
        if (code === undefined) throw error;
        return refuse(`${path} cannot be read: ${code}`);
      }
    },
  });
}

async function readText(file: FileHandle, name: string): Promise<ToolOutcome> {
  const stat = await file.stat();
  if (!stat.isFile()) return refuse(`${name} is not a regular file`);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_READ_BYTES), 0, MAX_READ_BYTES, 0);
  const bytes = buffer.subarray(0, bytesRead);
  if (bytes.includes(0)) return refuse(`${name} is not text; it has ${stat.size} bytes`);
  const text = new TextDecoder().decode(bytes, { stream: true });
  const note = stat.size > bytesRead ? `\n[cut: the file has ${stat.size} bytes]` : '';
  return { text: text + note, isError: false };
}
