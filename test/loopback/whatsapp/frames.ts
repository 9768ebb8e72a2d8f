import { CONNECTION_HEADER } from './noise.ts';

/** Largest frame a client may send; the 24-bit length would allow 16 MiB. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
const ROUTING_PREFIX = Buffer.from('ED');

/**
 * Cuts a byte stream into frames. It opens with an optional `'ED' 00 01 len24 routingInfo`, then
 * `57 41 06 03`; every frame after that is `len24 | bytes`. Throws on anything else.
 */
export class FrameReader {
  #buffer: Buffer = Buffer.alloc(0);
  #hasIntro = false;

  push(bytes: Uint8Array): Buffer[] {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    if (!this.#hasIntro && !this.#readIntro()) return [];
    const frames: Buffer[] = [];
    for (let frame = this.#readFrame(); frame; frame = this.#readFrame()) frames.push(frame);
    return frames;
  }

  #readIntro(): boolean {
    if (this.#buffer.length < 7) return false;
    const isRouted = this.#buffer.subarray(0, 2).equals(ROUTING_PREFIX);
    const start = isRouted ? 7 + this.#buffer.readUIntBE(4, 3) : 0;
    if (start > MAX_FRAME_BYTES) throw new Error('routing info is too long');
    const end = start + CONNECTION_HEADER.length;
    if (this.#buffer.length < end) return false;
    if (!this.#buffer.subarray(start, end).equals(CONNECTION_HEADER)) {
      throw new Error('not a WhatsApp connection header');
    }
    this.#buffer = this.#buffer.subarray(end);
    this.#hasIntro = true;
    return true;
  }

  #readFrame(): Buffer | undefined {
    if (this.#buffer.length < 3) return undefined;
    const length = this.#buffer.readUIntBE(0, 3);
    if (length > MAX_FRAME_BYTES) throw new Error('frame is too long');
    if (this.#buffer.length < length + 3) return undefined;
    const frame = this.#buffer.subarray(3, length + 3);
    this.#buffer = this.#buffer.subarray(length + 3);
    return frame;
  }
}

export function writeFrame(bytes: Uint8Array): Buffer {
  const frame = Buffer.alloc(3 + bytes.length);
  frame.writeUIntBE(bytes.length, 0, 3);
  frame.set(bytes, 3);
  return frame;
}
