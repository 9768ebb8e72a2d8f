import { chatJid } from './message-input.ts';
import { askFile, CAPTION, PATH } from './send-by-path.ts';
import { defineTool } from './tool.ts';

export const sendImage = defineTool({
  name: 'send_image',
  description: 'Sends a picture of your working folder to the chat: JPEG or PNG, at most 16 MiB.',
  shape: { path: PATH, caption: CAPTION, chatJid },
  run: (input, context) => askFile('image', input, context),
});
