import { chatJid } from './message-input.ts';
import { askFile, PATH } from './send-by-path.ts';
import { defineTool } from './tool.ts';

export const sendVoice = defineTool({
  name: 'send_voice',
  description:
    'Sends a sound file of your working folder as a voice note: Ogg with Opus, at most 16 MiB.',
  shape: { path: PATH, chatJid },
  run: (input, context) => askFile('voice', input, context),
});
