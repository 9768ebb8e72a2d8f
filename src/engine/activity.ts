import type { AskingDecision } from '../core/decision.ts';
import type { FailureReason } from '../core/failure-notice.ts';
import type { Jid } from '../core/message.ts';

/** What the engine does, for whoever watches: the demo, the log, measurements. No message texts. */
export type Activity =
  | { type: 'received'; chatJid: Jid; messageId: string; trigger: AskingDecision | null }
  | { type: 'queued'; chatJid: Jid; ahead: number }
  | {
      type: 'run_started';
      chatJid: Jid;
      runId: string;
      provider: string;
      model: string | null;
      attempt: number;
    }
  | { type: 'container_asked'; chatJid: Jid; runId: string }
  | { type: 'container'; chatJid: Jid; runId: string; containerId: string }
  | { type: 'progress'; chatJid: Jid; runId: string; kind: string; detail: string }
  | { type: 'result'; chatJid: Jid; runId: string }
  | { type: 'answered'; chatJid: Jid; runId: string; parts: number }
  | { type: 'failed'; chatJid: Jid; runId: string; reason: FailureReason }
  | { type: 'sending'; chatJid: Jid; messageId: string }
  | { type: 'sent'; chatJid: Jid; messageId: string }
  | { type: 'rejected'; chatJid: Jid; messageId: string; reason: string }
  | { type: 'tasks_changed' };

export type ReportActivity = (activity: Activity) => void;
