import type { RefusalCode } from '@deckhand/protocol';
import type { z } from 'zod';
import type { RegisteredGroup } from '../core/group.ts';
import type { Db } from '../db/database.ts';

export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence to the agent that says what to change. */
  readonly error: string;
}

/** What an effect tells the agent besides its success. */
export interface Accepted {
  readonly messageId?: string | undefined;
}

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
  apply(db: Db, group: RegisteredGroup, payload: P, origin: RequestOrigin): Accepted;
}

type Prepared =
  | { ok: true; apply: (db: Db, origin: RequestOrigin) => Accepted }
  | ({ ok: false } & Refusal);

export interface Command {
  readonly type: string;
  /** Checks form and permission of a request; `apply` then belongs into a transaction at once. */
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
      const parsed = spec.schema.safeParse(request);
      if (!parsed.success) {
        return { ok: false, code: 'malformed', error: describeIssues(parsed.error) };
      }
      const refusal = spec.authorize(group, parsed.data);
      if (refusal) return { ok: false, ...refusal };
      return { ok: true, apply: (db, origin) => spec.apply(db, group, parsed.data, origin) };
    },
  };
}

/** Names at most three fields, so that a reply stays small whatever was sent. */
function describeIssues(error: z.ZodError): string {
  const issues = error.issues.slice(0, 3).map((issue) => {
    const path = issue.path.map(String).join('.');
    return `${path === '' ? '' : `${path}: `}${issue.message}`.slice(0, 200);
  });
  return `The request has wrong fields: ${issues.join('; ')}.`;
}
