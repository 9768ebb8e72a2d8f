import type { IpcReply } from '@deckhand/protocol';
import { passCrashPoint } from '../../src/crash-points.ts';
import { type ClaimHandler, createClaimHandler } from '../../src/ipc/claim-handler.ts';
import type { RequestBox } from '../../src/ipc/command.ts';
import type { RequestDeps } from '../../src/ipc/request.ts';
import type { Logger } from '../../src/logger.ts';
import { HostIsDead } from './simulated-disk.ts';

/** A request of an agent, from the file being written to the file being removed. */
export interface RequestFile {
  /** Of the agent that wrote it. */
  readonly attemptId: string;
  readonly folder: string;
  readonly box: RequestBox;
  readonly name: string;
  readonly content: object;
  /** What one sees of its effect: the text of a message, the prompt of a task. */
  readonly effect: string;
  state: 'temporary' | 'ready' | 'claimed' | 'removed';
  readonly replies: IpcReply[];
}

/** The mailboxes' folders, which outlive hosts and agents. */
export class SimulatedMailbox {
  readonly files: RequestFile[] = [];

  in(folder: string, ...states: RequestFile['state'][]): RequestFile[] {
    return this.files.filter((file) => file.folder === folder && states.includes(file.state));
  }
}

export interface MailboxHostDeps {
  readonly mailbox: SimulatedMailbox;
  readonly request: RequestDeps;
  readonly logger: Logger;
  readonly isAlive: () => boolean;
}

/** Handles the requests as one host does: what is claimed first, then what is ready, one after the other. */
export function createMailboxSweep(deps: MailboxHostDeps): (folder: string) => Promise<void> {
  const { mailbox, isAlive } = deps;
  const busy = new Map<string, Promise<void>>();
  const sweep = async (folder: string): Promise<void> => {
    const handler = createHandler(deps, folder);
    const handle = async (file: RequestFile) => {
      await handler.handle({ box: file.box, name: file.name, path: file.name });
    };
    for (const file of mailbox.in(folder, 'claimed')) await handle(file);
    for (const file of mailbox.in(folder, 'ready')) {
      passCrashPoint('request-found');
      assertAlive(isAlive);
      file.state = 'claimed';
      passCrashPoint('request-claimed');
      assertAlive(isAlive);
      await handle(file);
    }
  };
  return (folder) => {
    const before = busy.get(folder) ?? Promise.resolve();
    const next = before.then(() => sweep(folder));
    busy.set(
      folder,
      next.catch(() => undefined),
    );
    return next;
  };
}

function createHandler(
  { mailbox, request, logger, isAlive }: MailboxHostDeps,
  folder: string,
): ClaimHandler {
  const find = (name: string): RequestFile => {
    assertAlive(isAlive);
    const file = mailbox.files.find((file) => file.folder === folder && file.name === name);
    if (file === undefined) throw new Error(`no request ${name}`);
    return file;
  };
  const remove = (name: string): Promise<void> => {
    find(name).state = 'removed';
    return Promise.resolve();
  };
  return createClaimHandler({
    folder,
    request,
    logger,
    signal: new AbortController().signal,
    claims: { finish: ({ name }) => remove(name) },
    quarantine: { take: (path) => remove(path).then(() => true) },
    replies: {
      write: async (name, reply) => void find(name).replies.push(reply),
    },
    readRequest: async (path) => {
      const bytes = Buffer.from(JSON.stringify(find(path).content));
      return { ok: true, bytes };
    },
  });
}

function assertAlive(isAlive: () => boolean): void {
  if (!isAlive()) throw new HostIsDead('this host is dead');
}
