import {
  checkQuestion,
  decodeQuestion,
  MAX_QUESTION_BYTES,
  type Question,
  tooLong,
} from '../../core/ask/question.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';

/** The question as an argument, or from standard input for `-` and when a pipe brings it. */
export async function readQuestion(context: CliContext, argument?: string): Promise<string> {
  const question = await findQuestion(context, argument);
  if (question.ok) return question.text;
  throw new CliError(EXIT.usage, question.reason);
}

async function findQuestion(context: CliContext, argument?: string): Promise<Question> {
  if (argument !== undefined && argument !== '-') return checkQuestion(argument);
  if (argument === undefined && context.isStdinTty) {
    const reason =
      'There is no question: write it behind the command, in quotes, or bring it by a pipe.';
    return { ok: false, reason };
  }
  const bytes = await readBytes(context);
  return bytes === undefined ? tooLong() : decodeQuestion(bytes);
}

/** Undefined when there is more than a question may have. */
async function readBytes({ stdin, signal }: CliContext): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  const onAbort = () => void stdin.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk);
      byteLength += bytes.length;
      if (byteLength > MAX_QUESTION_BYTES) return undefined;
      chunks.push(bytes);
    }
    signal.throwIfAborted();
    return Buffer.concat(chunks);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
