import { encodeLine, LineSplitter } from '@deckhand/protocol';
import { readToolContext } from './context.ts';
import { failRpc, type JsonRpcAnswer, readRpc } from './json-rpc.ts';
import { createToolServer, type ToolServer } from './tool-server.ts';

/**
 * The host's tools as an MCP server on stdin and stdout, for CLIs that start one. Its one argument is the
 * context as JSON. It ends with stdin.
 */
function serveTools(argument: string | undefined): void {
  const write = (answer: JsonRpcAnswer) => void process.stdout.write(encodeLine(answer));
  let server: ToolServer | undefined;
  const accept = (line: string): void => {
    const read = readRpc(line);
    if (read.status === 'silent') return;
    if (read.status === 'bad') return write(read.answer);
    // With the first request, so that a start without any (to fill a cache) needs no context.
    server ??= createToolServer(readToolContext(argument));
    void server.answer(read.request).then(write);
  };
  const lines = new LineSplitter(accept, (chars) =>
    write(failRpc(null, 'parse', `a line of ${chars} characters is too long`)),
  );
  process.stdin.on('data', (chunk: Buffer) => lines.push(chunk));
  process.stdin.once('end', () => lines.end());
  // A client that is gone needs no answers, and what was asked of the host stands.
  process.stdout.on('error', () => process.stdin.destroy());
}

serveTools(process.argv[2]);
