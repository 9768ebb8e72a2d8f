import type { IpcReply } from '@deckhand/protocol';
import { passCrashPoint } from '../../src/crash-points.ts';
import { type ClaimHandler, createClaimHandler } from '../../src/ipc/claim-handler.ts';
import type { Claim } from '../../src/ipc/claims.ts';
import type { Refusal, RequestBox } from '../../src/ipc/command.ts';
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
  /** Decided and perhaps not told. */
  refusal?: Refusal | undefined;
  readonly replies: IpcReply[];
}

/** The mailboxes' folders, which outlive hosts and agents. */
export class SimulatedMailbox {
  readonly files: RequestFile[] = [];

  in(folder: string, ...states: RequestFile['state'][]): RequestFile[] {
    return this.files.filter((file) => file.folder === folder && states.includes(file.state));
  }

  /** What a host took up and did not finish. */
  unfinished(folder: string): RequestFile[] {
    const own = this.files.filter((file) => file.folder === folder);
    return own.filter(({ state, refusal }) => state === 'claimed' || refusal !== undefined);
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
      const { box, name, refusal } = file;
      await handler.handle({ box, name, path: name, ...(refusal && { refusal }) });
    };
    for (const file of mailbox.unfinished(folder)) await handle(file);
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
    claims: {
      finish: async ({ name }) => {
        await remove(name);
        find(name).refusal = undefined;
      },
      refuse: async ({ name }: Claim, refusal) => {
        find(name).refusal = refusal;
      },
    },
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
