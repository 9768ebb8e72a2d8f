import type { Provider } from '@deckhand/protocol';
import { takeNewest } from '../core/conversation.ts';
import type { PromptMessage } from '../core/prompt.ts';
import { encodeHistory, fromTerminal } from './prompt.ts';

/** Newest messages of a conversation that an agent without a session of its own is shown. */
const MAX_SHOWN_MESSAGES = 200;

/** A question that was answered. */
export interface AnsweredQuestion {
  readonly text: string;
  /** Unix milliseconds. */
  readonly askedAt: number;
  readonly answer: string;
  readonly agent: Provider;
  /** What the agent can resume, if it can. */
  readonly sessionId: string | undefined;
}

/** What several questions after each other have in common. */
export interface AskConversation {
  /** What was said so far, encoded for an agent that does not know it; empty before the first answer. */
  history(timeZone: string): string;
  sessionOf(agent: Provider): string | undefined;
  /** The agent has lost its session; the next question tells it what was said. */
  forgetSession(agent: Provider): void;
  add(question: AnsweredQuestion): void;
}

/** A conversation that lasts as long as this process; nothing of it is in the database. */
export function createConversation(): AskConversation {
  const said: PromptMessage[] = [];
  let session: { agent: Provider; id: string } | undefined;
  return {
    history: (timeZone) => encodeHistory(takeNewest(said, MAX_SHOWN_MESSAGES), timeZone),
    sessionOf: (agent) => (session?.agent === agent ? session.id : undefined),
    forgetSession(agent) {
      if (session?.agent === agent) session = undefined;
    },
    add({ text, askedAt, answer, agent, sessionId }) {
      const reply = { id: 'answer', senderName: '', senderJid: '', isAssistant: true };
      said.push(fromTerminal(text, askedAt), { ...reply, sentAt: askedAt, text: answer });
      // An agent that was left out of a turn no longer knows the whole conversation.
      if (sessionId !== undefined) session = { agent, id: sessionId };
      else if (session?.agent !== agent) session = undefined;
    },
  };
}
