/**
 * A stored session is a protobuf `RecordStructure`: field 1 the current state, field 2 the archived ones,
 * newest first. It is split and joined on the wire, so that fields this code does not know survive.
 */
export interface SessionStates {
  readonly current: Uint8Array | undefined;
  readonly archived: readonly Uint8Array[];
}

const currentTag = 0x0a;
const archivedTag = 0x12;

/** The Signal library keeps as many; the oldest go. */
export const maxArchivedStates = 40;

/** Throws on bytes that are not a session record. */
export function splitSessionRecord(record: Uint8Array): SessionStates {
  let current: Uint8Array | undefined;
  const archived: Uint8Array[] = [];
  let offset = 0;
  while (offset < record.length) {
    const tag = record[offset];
    const { value: length, end: start } = readVarint(record, offset + 1);
    const end = start + length;
    if (end > record.length) throw new Error('session record is cut short');
    const state = record.subarray(start, end);
    if (tag === currentTag) current = state;
    else if (tag === archivedTag) archived.push(state);
    else throw new Error(`session record has an unknown field ${tag}`);
    offset = end;
  }
  // A record without a current state is written with an empty one.
  return { current: current?.length ? current : undefined, archived };
}

export function joinSessionRecord({ current, archived }: SessionStates): Uint8Array {
  const parts = current ? [encodeField(currentTag, current)] : [];
  for (const state of archived.slice(0, maxArchivedStates)) {
    parts.push(encodeField(archivedTag, state));
  }
  return Buffer.concat(parts);
}

function encodeField(tag: number, bytes: Uint8Array): Buffer {
  const header = [tag];
  let rest = bytes.length;
  while (rest > 0x7f) {
    header.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  header.push(rest);
  return Buffer.concat([Buffer.from(header), bytes]);
}

function readVarint(bytes: Uint8Array, offset: number): { value: number; end: number } {
  let value = 0;
  // Four groups of 7 bits hold any length this can meet.
  for (let index = 0; index < 4; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined) throw new Error('session record is cut short');
    value |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return { value, end: offset + index + 1 };
  }
  throw new Error('session record has an oversized field');
}
