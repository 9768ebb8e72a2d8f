import { fileCommandSchema, MAX_FILE_BYTES } from '@deckhand/protocol';
import type { OutboundMediaKind } from '../../core/message.ts';
import type { Spool, SpoolOutcome } from '../../media/spool.ts';
import { inspectSpooled } from '../../media/spooled-media.ts';
import { type Command, defineStagedCommand, type Refusal, type Staged } from '../command.ts';
import type { DraftCommandDeps } from './reaction.ts';

export interface FileCommandDeps extends Pick<DraftCommandDeps, 'rules' | 'post'> {
  readonly spool: Spool;
  readonly groupFolder: (folder: string) => string;
}

interface SpooledFile {
  readonly spoolName: string;
  readonly mimetype: string;
  readonly seconds?: number;
}

/** `messages/`: sends a file of the group's folder, as it was at this moment. */
export function createFileCommand({ rules, post, spool, groupFolder }: FileCommandDeps): Command {
  const takeCopy = async (
    folder: string,
    path: string,
    kind: OutboundMediaKind,
  ): Promise<Staged<SpooledFile>> => {
    const taken = await spool.take(groupFolder(folder), path, MAX_FILE_BYTES[kind]);
    if (!taken.ok) return { ok: false, ...refuseFile(taken.reason, kind) };
    const { spoolName } = taken;
    const looked = await inspectSpooled(spool.pathOf(spoolName), kind);
    if (looked.ok) return { ok: true, staged: { ...looked, spoolName } };
    await spool.drop(spoolName);
    const error = `Phones cannot show this as "${kind}", which must be ${looked.expected}. Convert it, or send it as "document".`;
    return { ok: false, code: 'malformed', error };
  };
  return defineStagedCommand<Payload, SpooledFile>({
    type: 'file',
    schema: fileCommandSchema,
    authorize: (group, { chatJid }) => rules.mayName(group, chatJid) ?? rules.takeTurn(group),
    stage: (group, { path, kind }) => takeCopy(group.folder, path, kind),
    apply(_group, { chatJid, path, kind, caption, fileName }, staged, origin) {
      const { spoolName, mimetype, seconds } = staged;
      const draft = {
        kind: 'media',
        chatJid,
        media: kind,
        spoolName,
        mimetype,
        ...(kind === 'document' ? { fileName: fileName ?? lastName(path) } : {}),
        ...(caption === undefined || kind === 'voice' ? {} : { caption }),
        ...(seconds === undefined ? {} : { seconds }),
      } as const;
      return { messageId: post(draft, origin) };
    },
  });
}

type Payload = ReturnType<typeof fileCommandSchema.parse>;

/** The agent chose the name, and people are shown it. */
function lastName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toWellFormed();
  return name.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 200) || 'file';
}

function refuseFile(
  reason: Extract<SpoolOutcome, { ok: false }>['reason'],
  kind: OutboundMediaKind,
): Refusal {
  switch (reason) {
    case 'bad_path':
      return {
        code: 'unsafe_file',
        error: 'The path must name a file below the group folder, relative to it and without "..".',
      };
    case 'missing':
      return { code: 'unknown_file', error: 'There is no file of that path in the group folder.' };
    case 'unsafe':
      return {
        code: 'unsafe_file',
        error:
          'Only a plain file with one name, reached without links, can be sent. Copy it first.',
      };
    case 'empty':
      return { code: 'malformed', error: 'The file is empty. Send one that holds something.' };
    case 'too_large': {
      const mib = MAX_FILE_BYTES[kind] / 1024 / 1024;
      return {
        code: 'too_large',
        error: `The file is larger than ${mib} MiB. Send a smaller one.`,
      };
    }
    /* v8 ignore next -- @preserve: the compiler proves that nothing comes here */
    default:
      return reason satisfies never;
  }
}
