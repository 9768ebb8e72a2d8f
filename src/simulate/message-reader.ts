import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import { fromWallTime, type WallTime } from '../core/schedule/local-time.ts';
import { readMentions } from './mentions.ts';
import type { ExportEntry } from './parse-export.ts';
import { createPeople, OWN_JID } from './people.ts';

export interface ReaderSettings {
  readonly group: RegisteredGroup;
  /** Zone of the phone that made the export. */
  readonly timeZone: string;
  readonly ownName?: string | undefined;
  readonly answersBy?: string | undefined;
  readonly people: ReadonlyMap<string, Jid>;
}

/** What an entry is to the host. */
export type ReadEntry =
  | {
      kind: 'message' | 'answer';
      message: InboundMessage;
      mark: { mark?: 'media' | 'edited' };
    }
  | { kind: 'nothing'; what: 'system' | 'deleted' };

/** Makes messages of entries as the channel would have given them. */
export function createMessageReader(settings: ReaderSettings) {
  const { ownName, answersBy, people, group } = settings;
  const own = new Map([ownName, answersBy].flatMap((name) => (name ? [[name, OWN_JID]] : [])));
  const personOf = createPeople(new Map([...people, ...own]));
  const toInstant = createClock(settings.timeZone);
  return (entry: Exclude<ExportEntry, { kind: 'bad' }>): ReadEntry => {
    if (entry.kind === 'system') return { kind: 'nothing', what: 'system' };
    const { content, sender } = entry;
    if (content.kind === 'system' || content.kind === 'deleted') {
      return { kind: 'nothing', what: content.kind };
    }
    const message = {
      chatJid: group.jid,
      senderJid: personOf(sender),
      senderName: sender,
      id: `L${entry.line}`,
      sentAt: toInstant(entry.wall),
      text: content.text,
      isFromMe: own.has(sender),
      isGroup: group.jid.endsWith('@g.us'),
      mentions: readMentions(content.text, personOf),
    };
    const mark =
      content.kind === 'media' ? 'media' : content.isEdited ? ('edited' as const) : undefined;
    const kind = sender === answersBy ? 'answer' : 'message';
    return { kind, message, mark: mark === undefined ? {} : { mark } };
  };
}

/** Clock times as instants, with the offset of an hour remembered: finding it out takes longer than all the rest. */
function createClock(timeZone: string): (wall: WallTime) => number {
  let hour = Number.NaN;
  let offset = 0;
  return (wall) => {
    const found = Math.floor(wall / 3_600_000);
    if (found !== hour) {
      hour = found;
      offset = fromWallTime(hour * 3_600_000, timeZone) - hour * 3_600_000;
    }
    return wall + offset;
  };
}
