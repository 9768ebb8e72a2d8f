import { z } from 'zod';
import { chatJid } from './message-input.ts';
import { askFile, CAPTION, PATH } from './send-by-path.ts';
import { defineTool } from './tool.ts';

export const sendFile = defineTool({
  name: 'send_file',
  description:
    'Sends a file of your working folder to the chat: any file as a document, or an MP4 as a video, at most 64 MiB.',
  shape: {
    path: PATH,
    caption: CAPTION,
    fileName: z.string().min(1).max(200).optional().describe('Name that people see.'),
    isVideo: z.boolean().optional().describe('Show an MP4 as a video.'),
    chatJid,
  },
  run: ({ isVideo, ...input }, context) =>
    askFile(isVideo === true ? 'video' : 'document', input, context),
});
