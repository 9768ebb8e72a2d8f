import {
  createSdkMcpServer,
  type McpSdkServerConfigWithInstance,
  tool,
} from '@anthropic-ai/claude-agent-sdk';
import { type IpcReply, MAX_MESSAGE_CHARS, type RunRequest } from '@deckhand/protocol';
import { z } from 'zod';
import { requestHost } from '../../mailbox.ts';

function describeReply(reply: IpcReply | undefined): { text: string; isError: boolean } {
  if (reply === undefined)
    return { text: 'Handed to the host; it has not confirmed the message yet.', isError: false };
  return reply.ok
    ? { text: 'The message was accepted.', isError: false }
    : { text: `Not sent (${reply.code}): ${reply.error}`, isError: true };
}

/** Tools of the host inside the runner's own process: no second program, and true results. */
export function createHostTools(
  group: RunRequest['group'],
  ipcFolder: string,
): McpSdkServerConfigWithInstance {
  const sendMessage = tool(
    'send_message',
    'Sends a message to the WhatsApp group now, before your answer. Your answer itself is sent anyway; do not send it with this too.',
    { text: z.string().min(1).max(MAX_MESSAGE_CHARS) },
    async ({ text }) => {
      const reply = await requestHost(ipcFolder, 'messages', {
        type: 'message',
        chatJid: group.jid,
        text,
        groupFolder: group.folder,
        timestamp: new Date().toISOString(),
      });
      const described = describeReply(reply);
      return {
        content: [{ type: 'text', text: described.text }],
        isError: described.isError,
      };
    },
  );
  return createSdkMcpServer({ name: 'deckhand', alwaysLoad: true, tools: [sendMessage] });
}
