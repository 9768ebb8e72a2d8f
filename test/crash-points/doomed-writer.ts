import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { requestHost } from '../../container/agent-runner/src/mailbox.ts';

/** The agent runner's own mailbox, in a process that is killed when the request is written and not renamed yet. */
const [, , ipcFolder = '', chatJid = ''] = process.argv;
files.rename = async () => void process.kill(process.pid, 'SIGKILL');
syncBuiltinESMExports();
await requestHost(ipcFolder, 'messages', { type: 'message', chatJid, text: 'half written' });
