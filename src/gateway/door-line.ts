import type { Duplex } from 'node:stream';
import { DOOR_LINE_MAX_BYTES, type DoorLine, decodeLine, doorLineSchema } from '@deckhand/protocol';

const NEWLINE = 0x0a;

/**
 * Reads the first line of a connection, and puts back what came behind it; the connection is paused then. Undefined
 * when there is none within the time, when it is too long, no UTF-8 or says something else, and when the connection ends.
 */
export function readDoorLine(socket: Duplex, timeoutMs: number): Promise<DoorLine | undefined> {
  const { promise, resolve } = Promise.withResolvers<DoorLine | undefined>();
  let bytes: Buffer = Buffer.alloc(0);
  const settle = (line?: DoorLine) => {
    clearTimeout(timer);
    socket.off('data', take).off('end', end).off('close', end);
    socket.pause();
    resolve(line);
  };
  const end = () => settle();
  const timer = setTimeout(end, timeoutMs);
  const take = (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    const newline = bytes.subarray(0, DOOR_LINE_MAX_BYTES).indexOf(NEWLINE);
    if (newline === -1) {
      if (bytes.length >= DOOR_LINE_MAX_BYTES) settle();
      return;
    }
    settle(parseDoorLine(bytes.subarray(0, newline)));
    const rest = bytes.subarray(newline + 1);
    if (rest.length > 0) socket.unshift(rest);
  };
  socket.on('data', take).on('end', end).on('close', end);
  return promise;
}

/** Undefined for everything but a line of the protocol. */
export function parseDoorLine(bytes: Uint8Array): DoorLine | undefined {
  const decoded = decodeLine(Buffer.from(bytes).toString('utf8'));
  return decoded.ok ? doorLineSchema.safeParse(decoded.value).data : undefined;
}
