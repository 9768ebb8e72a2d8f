import type { IpcReply } from '@deckhand/protocol';
import { passCrashPoint } from '../crash-points.ts';
import { isErrno } from '../errno.ts';
import type { Logger } from '../logger.ts';
import type { Claim, Claims } from './claims.ts';
import type { Refusal, RequestBox } from './command.ts';
import type { Quarantine } from './quarantine.ts';
import type { Replies } from './replies.ts';
import { applyRequest, type RequestDeps, type RequestResult, refuse } from './request.ts';
import { readRequestFile } from './request-file.ts';

/** Faults of the machine, not of the mailbox: the reply is written when they have passed. */
const PASSING_FAULTS = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO', 'EROFS'];
/** What a person may want to look at; other refused requests say all in the audit line. */
const KEPT_CODES: ReadonlySet<string> = new Set(['malformed', 'too_large', 'unsafe_file']);

export interface ClaimHandlerDeps {
  readonly folder: string;
  readonly request: RequestDeps;
  readonly claims: Pick<Claims, 'finish' | 'refuse'>;
  readonly replies: Pick<Replies, 'write'>;
  readonly quarantine: Pick<Quarantine, 'take'>;
  /** Reads a claimed file; from the disk unless told otherwise. */
  readonly readRequest?: typeof readRequestFile;
  readonly logger: Logger;
  /** Aborts when the host stops: what can only be carried out later is left to the next one. */
  readonly signal: AbortSignal;
}

export interface ClaimHandler {
  /**
   * Takes a claimed request through effect, reply and removal. After a crash between any two of these
   * steps, or after a rejection, it is called again for the same claim, without a second effect or another decision.
   */
  handle(claim: Claim): Promise<void>;
  /** Refuses a file whose name cannot be used, straight from the mailbox. */
  refuseName(box: RequestBox, name: string, path: string): Promise<void>;
}

export function createClaimHandler(deps: ClaimHandlerDeps): ClaimHandler {
  const { folder, claims, replies, quarantine, logger, readRequest = readRequestFile } = deps;

  const reply = async (name: string, reply: IpcReply): Promise<void> => {
    try {
      await replies.write(name, reply);
    } catch (err) {
      if (isErrno(err, ...PASSING_FAULTS)) throw err;
      logger.warn({ err, folder, requestId: name }, 'ipc reply not written');
    }
  };
  const follow = async (name: string, { afterwards }: RequestResult): Promise<void> => {
    try {
      await afterwards?.();
    } catch (err) {
      logger.warn({ err, folder, requestId: name }, 'nothing followed the ipc request');
    }
  };
  const tellRefusal = async (claim: Claim, refusal: Refusal): Promise<void> => {
    const { box, name, path } = claim;
    if (KEPT_CODES.has(refusal.code)) await quarantine.take(path, { folder, box, name }, refusal);
    await reply(name, refuse(name, refusal).reply);
    passCrashPoint('reply-written');
    await claims.finish({ ...claim, refusal });
  };
  const decide = async ({ box, name, path }: Claim): Promise<RequestResult> => {
    const file = await readRequest(path);
    return file.ok
      ? applyRequest(deps.request, { folder, box, name }, file.bytes, deps.signal)
      : refuse(name, file);
  };
  const audit = (box: RequestBox, name: string, { type, outcome, code }: RequestResult): void => {
    logger.info({ folder, box, requestId: name, type, outcome, code }, 'ipc request');
  };

  return {
    async handle(claim) {
      const { box, name, refusal } = claim;
      if (refusal !== undefined) return tellRefusal(claim, refusal);
      const result = await decide(claim);
      if (result.outcome === 'accepted') passCrashPoint('request-applied');
      await follow(name, result);
      if (result.reply.ok) {
        await reply(name, result.reply);
        passCrashPoint('reply-written');
        await claims.finish(claim);
      } else {
        await claims.refuse(claim, result.reply);
        await tellRefusal(claim, result.reply);
      }
      audit(box, name, result);
    },

    async refuseName(box, name, path) {
      const result = refuse(name, BAD_NAME);
      if (!(await quarantine.take(path, { folder, box, name }, BAD_NAME))) return;
      await reply(name, result.reply);
      audit(box, name, result);
    },
  };
}

const BAD_NAME = {
  code: 'malformed',
  error:
    'The file name may have letters, digits, "-", "_" and ".", ends in .json and has at most 128 characters.',
} as const;
