import type { TokenKind } from './tokens.ts';

/** A question to the assistant, from the moment at which the server had it. */
export interface Trigger {
  readonly token: string;
  readonly messageId: string;
  readonly chat: string;
  /** Phone-number JID of who asked. */
  readonly asker: string;
  /** The life of the host in which it was sent. */
  readonly life: number;
  readonly text: string;
}

/** A file that an agent put whole into its mailbox. */
export interface Request {
  readonly token: string;
  readonly kind: Exclude<TokenKind, 'T' | 'C'>;
  /** Name of the file. */
  readonly name: string;
  readonly folder: string;
  readonly chat: string;
  readonly runId: string;
  readonly life: number;
  /** Of a task: it comes again and again. */
  readonly isRecurring: boolean;
  /** Of a change or an end: token of the task. */
  readonly task?: string;
}

/** What the host was made to do again although it need not have. */
export interface RepeatedRun {
  readonly runId: string;
  readonly life: number;
}

/** One kill of the host, as it came. */
export interface Kill {
  readonly life: number;
  /** A crash point, `passes`, `start`, or `late`: the planned moment did not come. */
  readonly at: string;
}

/** All that was asked of the host and done to it, as the world outside knows it. */
export interface Ledger {
  readonly triggers: Trigger[];
  readonly requests: Request[];
  readonly repeatedRuns: RepeatedRun[];
  readonly kills: Kill[];
  /** The life that goes on or was the last. */
  life: number;
  agentKills: number;
}

export function createLedger(): Ledger {
  return { triggers: [], requests: [], repeatedRuns: [], kills: [], life: 0, agentKills: 0 };
}
