import type { MessageDecision } from '../decision.ts';
import type { EgressDenial } from '../egress.ts';
import type { PassedModel } from '../fallback.ts';
import type { Jid } from '../message.ts';

/** A stored message without its text. Times here and below are unix milliseconds. */
export interface MessageFacts {
  readonly seq: number;
  readonly id: string;
  readonly senderJid: Jid;
  readonly senderName: string;
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly isTrigger: boolean;
  readonly state: 'context' | 'pending' | 'claimed' | 'answered' | 'consumed' | 'failed';
  /** Null for messages that an earlier version stored. */
  readonly decision: MessageDecision | null;
}

/** A command to the host itself. */
export interface CommandFacts {
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'interrupted';
  readonly createdAt: number;
  readonly endedAt: number | null;
}

export interface RunFacts {
  readonly id: string;
  readonly kind: 'messages' | 'task';
  readonly folder: string;
  readonly state: 'running' | 'answered' | 'failed' | 'cancelled';
  readonly createdAt: number;
  readonly finishedAt: number | null;
  /** Full name of the model of the last attempt. */
  readonly model: string | null;
  /** Of a run that ended without an answer: a FailureReason, or why it was cancelled. */
  readonly reason: string | null;
  readonly detail: string | null;
  readonly passed: readonly PassedModel[];
  /** Messages that ask and were given to it. */
  readonly questions: number;
}

export interface AttemptFacts {
  readonly attempt: number;
  readonly provider: string;
  readonly model: string;
  readonly startedAt: number;
  readonly containerId: string | null;
  readonly containerAt: number | null;
  readonly firstEventAt: number | null;
  readonly endedAt: number | null;
  readonly outcome: 'answered' | 'failed' | 'left' | null;
  /** Of a failed attempt. */
  readonly class: string | null;
  readonly detail: string | null;
  readonly tools: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** A destination that the agent of a run might not reach. */
export interface DenialFacts extends EgressDenial {
  /** It tried at least so often. */
  readonly count: number;
}

/** The time of a scheduled task that a run serves. */
export interface SlotFacts {
  readonly taskId: string;
  readonly scheduledFor: number;
  readonly state: string;
}

/** A message of ours. */
export interface SentFacts {
  readonly id: string;
  /** `text`, `media`, `edit` or `reaction`. */
  readonly kind: string;
  /** The agent sent it by a tool while it worked. */
  readonly isByTool: boolean;
  readonly state: 'pending' | 'acked' | 'rejected';
  /** Sendings that were not confirmed. */
  readonly attempts: number;
  readonly createdAt: number;
  readonly settledAt: number | null;
  readonly reason: string | null;
}

export interface QueueFacts {
  /** Another run goes on in the same chat. */
  readonly isChatBusy: boolean;
  /** Runs that go on in other chats. */
  readonly running: number;
  /** Other chats that have waited longer. */
  readonly ahead: number;
}

/** What the database holds about one message or one run. */
export interface StoryFacts {
  readonly chatJid: Jid;
  readonly message: MessageFacts | undefined;
  readonly command: CommandFacts | undefined;
  readonly run: RunFacts | undefined;
  /** In order. */
  readonly attempts: readonly AttemptFacts[];
  /** In the order in which they were denied. */
  readonly denials: readonly DenialFacts[];
  readonly slot: SlotFacts | undefined;
  /** In the order in which they are sent. */
  readonly sent: readonly SentFacts[];
  readonly queue: QueueFacts;
  /** The link to WhatsApp needs a person. */
  readonly stoppedLink: StoppedLink | undefined;
}

/** In sentences: why the link ended, and what to do. */
export interface StoppedLink {
  readonly reason: string;
  readonly mend: string;
}

/** What the database does not know. */
export interface StoryAround {
  readonly now: number;
  readonly isHostRunning: boolean;
  /** Undefined when the chat is not registered. */
  groupOf(chatJid: Jid): StoryGroup | undefined;
}

export interface StoryGroup {
  readonly folder: string;
  /** What calls the assistant there, with its `@`. */
  readonly address: string;
}
