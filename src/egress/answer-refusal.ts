import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from './refusal.ts';

/** Answers a request; the connection is closed after it. */
export function answerRefusal(answer: ServerResponse, { status, sentence }: Refusal): void {
  if (answer.headersSent) {
    answer.destroy();
    return;
  }
  answer.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  answer.end(`${sentence}\n`);
}

/** The same where no request is left to answer, only its connection. */
export function refuseConnection(client: Duplex, { status, sentence }: Refusal): void {
  const body = `${sentence}\n`;
  client.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n` +
      'content-type: text/plain; charset=utf-8\r\n' +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  // What the client still says is read away, or the answer might never arrive.
  client.resume();
}
