import type { IpcReply, RefusalCode } from '@deckhand/protocol';
import type { z } from 'zod';
import type { RegisteredGroup } from '../core/group.ts';
import type { Db } from '../db/database.ts';

export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence to the agent that says what to change. */
  readonly error: string;
}

type Told = Omit<Extract<IpcReply, { ok: true }>, 'ok' | 'requestId'>;
/** What an effect tells the agent besides its success. */
export type Accepted = { readonly [K in keyof Told]: Told[K] | undefined };

/** `refused`: what the database holds does not allow it, and nothing was written. */
export type Effect = Accepted | { readonly refused: Refusal };

/** Where a request comes from. The folder it lay in is its only identity. */
export interface RequestOrigin {
  readonly folder: string;
  /** Name of the request file. */
  readonly requestId: string;
  /** Unix milliseconds; with the name it is unique for all time, the name alone while it is remembered. */
  readonly acceptedAt: number;
}

/** One kind of request: add a kind by writing one of these and naming it in the command table. */
export interface CommandSpec<P> {
  readonly type: string;
  readonly schema: z.ZodType<P>;
  /** Undefined permits. Must not trust anything in the payload about who asks. */
  authorize(group: RegisteredGroup, payload: P): Refusal | undefined;
  /** The effect: synchronous, on the database only, inside the transaction that records the request. */
  apply(db: Db, group: RegisteredGroup, payload: P, origin: RequestOrigin): Effect;
  /** What should follow the effect before the reply; left out when the host dies in between. May reject. */
  afterwards?(group: RegisteredGroup, payload: P): Promise<void>;
}

/** A request that needs work outside the database first, such as copying a file. */
export interface StagedCommandSpec<P, S> extends Omit<CommandSpec<P>, 'apply'> {
  /** Done before the transaction; what it leaves behind must not matter when the host dies after it. */
  stage(group: RegisteredGroup, payload: P, signal: AbortSignal): Promise<Staged<S>>;
  apply(group: RegisteredGroup, payload: P, staged: S, origin: RequestOrigin): Effect;
}

export type Staged<S> = { ok: true; staged: S } | ({ ok: false } & Refusal);

/** A request that only its transaction is missing to. */
export interface Ready {
  readonly ok: true;
  readonly apply: (db: Db, origin: RequestOrigin) => Effect;
  readonly afterwards?: () => Promise<void>;
}
type Refused = { readonly ok: false } & Refusal;
type Prepared =
  | Ready
  | Refused
  | { readonly ok: true; readonly stage: (signal: AbortSignal) => Promise<Ready | Refused> };

export interface Command {
  readonly type: string;
  /**
   * Checks form and permission of a request; `apply` then belongs into a transaction at once. With `stage` the
   * host has work to do first.
   */
  prepare(group: RegisteredGroup, request: unknown): Prepared;
}

/** Commands by the mailbox folder that takes them. */
export interface CommandTable {
  readonly messages: readonly Command[];
  readonly tasks: readonly Command[];
}
export type RequestBox = keyof CommandTable;
export const REQUEST_BOXES = ['messages', 'tasks'] as const satisfies readonly RequestBox[];

export function defineCommand<P>(spec: CommandSpec<P>): Command {
  return {
    type: spec.type,
    prepare(group, request) {
      const checked = check(spec, group, request);
      if (!checked.ok) return checked;
      const { payload } = checked;
      return {
        ok: true,
        apply: (db, origin) => spec.apply(db, group, payload, origin),
        ...follow(spec, group, payload),
      };
    },
  };
}

export function defineStagedCommand<P, S>(spec: StagedCommandSpec<P, S>): Command {
  return {
    type: spec.type,
    prepare(group, request) {
      const checked = check(spec, group, request);
      if (!checked.ok) return checked;
      const { payload } = checked;
      const stage = async (signal: AbortSignal): Promise<Ready | Refused> => {
        const outcome = await spec.stage(group, payload, signal);
        if (!outcome.ok) return outcome;
        const { staged } = outcome;
        return {
          ok: true,
          apply: (_db, origin) => spec.apply(group, payload, staged, origin),
          ...follow(spec, group, payload),
        };
      };
      return { ok: true, stage };
    },
  };
}

function follow<P>(
  { afterwards }: Pick<CommandSpec<P>, 'afterwards'>,
  group: RegisteredGroup,
  payload: P,
): Pick<Ready, 'afterwards'> {
  return afterwards === undefined ? {} : { afterwards: () => afterwards(group, payload) };
}

type Checked<P> = { ok: true; payload: P } | ({ ok: false } & Refusal);

function check<P>(
  spec: Pick<CommandSpec<P>, 'schema' | 'authorize'>,
  group: RegisteredGroup,
  request: unknown,
): Checked<P> {
  const parsed = spec.schema.safeParse(request);
  if (!parsed.success) {
    return { ok: false, code: 'malformed', error: describeIssues(parsed.error) };
  }
  const refusal = spec.authorize(group, parsed.data);
  return refusal ? { ok: false, ...refusal } : { ok: true, payload: parsed.data };
}

/** Names at most three fields, so that a reply stays small whatever was sent. */
function describeIssues(error: z.ZodError): string {
  const issues = error.issues.slice(0, 3).map((issue) => {
    const path = issue.path.map(String).join('.');
    return `${path === '' ? '' : `${path}: `}${issue.message}`.slice(0, 200);
  });
  return `The request has wrong fields: ${issues.join('; ')}.`;
}
