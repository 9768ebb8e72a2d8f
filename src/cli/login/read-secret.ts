import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';

/** More than any key; what is longer is another file. */
const MAX_LENGTH = 16 * 1024;

/** Reads a secret from a pipe, or from a person without showing it. Surrounding blanks do not count. */
export async function readSecret(context: CliContext, prompt: string): Promise<string> {
  const text = context.isStdinTty ? await typeHidden(context, prompt) : await readPipe(context);
  const secret = text.trim();
  if (secret !== '') return secret;
  throw new CliError(
    EXIT.usage,
    'Nothing came on standard input: type the secret at the prompt in a terminal, or pipe it in.',
  );
}

async function readPipe({ stdin, signal }: CliContext): Promise<string> {
  let text = '';
  const abort = () => stdin.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    for await (const chunk of stdin) {
      text += String(chunk);
      if (text.length > MAX_LENGTH) throw new CliError(EXIT.usage, 'This is too long for a key.');
    }
    return text;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** readline edits the line and switches the terminal's echo off; nothing of what it would show gets out. */
async function typeHidden(context: CliContext, prompt: string): Promise<string> {
  const { stdin: input, stderr, signal } = context;
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output, terminal: true, historySize: 0, signal });
  // Only now, so that nothing is echoed that is typed after the prompt.
  stderr(prompt);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(''));
      lines.once('SIGINT', () => reject(new CliError(EXIT.interrupted, 'Nothing was changed.')));
    });
  } finally {
    lines.close();
    stderr('\n');
    signal.throwIfAborted();
  }
}
