/** A line that is longer is taken apart: a message has 65,536 characters at most. */
const MAX_LINE_CHARS = 1_000_000;

/** The file is no exported chat; the message says what to do. */
export class ExportFileError extends Error {
  override readonly name = 'ExportFileError';
}

/**
 * The lines of an export, without their ends, as many at a time as a piece of the file holds. Only `\n` and `\r\n` end a
 * line: messages may hold other separators. Throws {@link ExportFileError} for what is not UTF-8 text.
 */
export async function* readExportLines(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let isFirst = true;
  for await (const piece of pieces) {
    if (isFirst) refuseOtherFiles(piece);
    isFirst = false;
    const lines = (rest + decode(decoder, piece)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_CHARS) {
      lines.push(rest);
      rest = '';
    }
    yield lines.map(withoutReturn);
  }
  rest += decode(decoder);
  if (rest !== '') yield [withoutReturn(rest)];
}

function decode(decoder: InstanceType<typeof TextDecoder>, piece?: Uint8Array): string {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExportFileError('It is not UTF-8 text, as exports of WhatsApp are: convert it.', {
      cause: error,
    });
  }
}

function refuseOtherFiles(start: Uint8Array): void {
  const [first, second] = start;
  if (first === 0x50 && second === 0x4b) {
    throw new ExportFileError('It is a .zip file: unzip it and name the _chat.txt in it.');
  }
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new ExportFileError('It is UTF-16 text: convert it to UTF-8.');
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
