import { MAX_CAPTION_CHARS } from '@deckhand/protocol';
import { z } from 'zod';
import { describeSent } from './message-input.ts';
import type { ToolOutcome } from './outcome.ts';
import { askHost, type ToolContext } from './tool.ts';

/** The host copies a file of up to 64 MiB before it answers. */
const WAIT_MS = 60_000;

export const PATH = z
  .string()
  .min(1)
  .max(1_024)
  .describe('Path of the file, relative to your working folder.');
export const CAPTION = z.string().min(1).max(MAX_CAPTION_CHARS).optional();

export interface FileInput {
  readonly path: string;
  readonly caption?: string | undefined;
  readonly fileName?: string | undefined;
  readonly chatJid?: string | undefined;
}

/** Asks the host to send a file of the group's folder. */
export function askFile(
  kind: string,
  { chatJid, ...file }: FileInput,
  context: ToolContext,
): Promise<ToolOutcome> {
  const request = { type: 'file', kind, chatJid: chatJid ?? context.group.jid, ...file };
  return askHost(context, 'messages', request, describeSent, WAIT_MS);
}
