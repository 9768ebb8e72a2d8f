import type { SignalKeyStore, WAMessage } from '@whiskeysockets/baileys';
import type { InboundMessage } from '../../core/message.ts';
import { passCrashPoint } from '../../crash-points.ts';
import type { Logger } from '../../logger.ts';
import { loadOthers, type OwnIdentity, ownJidsOf } from './identity.ts';
import { type InboundResult, peopleOf, readInbound } from './inbound.ts';
import type { Journal } from './signal/journal.ts';
import { toJournalKey } from './signal/recorded-stanza.ts';

export type InboundJournal = Pick<Journal, 'recordStanza' | 'pending' | 'settle' | 'remove'>;

export interface InboundPumpDeps {
  readonly journal: InboundJournal;
  readonly keys: Pick<SignalKeyStore, 'get'>;
  /** Undefined while no phone is linked. */
  readonly own: () => OwnIdentity | undefined;
  /** Must store the message durably before it returns; runs in the transaction that settles the journal. */
  readonly onMessage: (message: InboundMessage) => void;
  /** A message is in the store. */
  readonly onStored: () => void;
  /** The store refused a message. No more are taken until a replay has brought them all in. */
  readonly onFailure: (error: unknown) => void;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Brings messages to the inbox one after the other, in the order they came. What the store refuses stays in
 * the journal, and so does everything behind it.
 */
export class InboundPump {
  readonly #deps: InboundPumpDeps;
  #tail: Promise<void> = Promise.resolve();
  #isBlocked = false;

  constructor(deps: InboundPumpDeps) {
    this.#deps = deps;
  }

  /** Takes the messages of one `messages.upsert`, whatever its type: the inbox knows what it has. */
  accept(messages: readonly WAMessage[]): void {
    this.#tail = this.#tail.then(() => this.#takeAll(messages));
  }

  /** Brings in what was decrypted but not stored. False when the store refuses. */
  async replay(): Promise<boolean> {
    this.#tail = this.#tail.then(async () => {
      this.#isBlocked = false;
      await this.#takeAll(this.#readPending());
    });
    await this.#tail;
    return !this.#isBlocked;
  }

  /** Resolves when everything accepted so far is stored or refused. */
  idle(): Promise<void> {
    return this.#tail;
  }

  #readPending(): WAMessage[] {
    const own = this.#deps.own();
    if (own === undefined) return [];
    try {
      const pending = this.#deps.journal.pending({ id: own.phone, lid: own.lid });
      return pending.map((entry) => entry.message);
    } catch (error) {
      this.#block(error);
      return [];
    }
  }

  async #takeAll(messages: readonly WAMessage[]): Promise<void> {
    for (const wa of messages) {
      if (this.#isBlocked) return;
      try {
        await this.#take(wa);
      } catch (error) {
        this.#block(error);
      }
    }
  }

  #block(error: unknown): void {
    this.#isBlocked = true;
    this.#deps.onFailure(error);
  }

  /** Rejects when the key store does. A message that nobody can read must not keep out those behind it. */
  async #read(wa: WAMessage): Promise<InboundResult> {
    const { keys, now } = this.#deps;
    const own = this.#deps.own();
    if (own === undefined) return { kind: 'stub', reason: 'not linked' };
    const people = this.#attempt(wa, () => peopleOf(wa)) ?? [];
    const unknown = people.filter((jid) => !ownJidsOf(own).includes(jid));
    const others = await loadOthers(unknown, keys);
    const context = { own, findOther: (jid: string) => others.get(jid), receivedAt: now() };
    const result = this.#attempt(wa, () => readInbound(wa, context));
    return result ?? { kind: 'ignored', reason: 'not readable' };
  }

  #attempt<T>(wa: WAMessage, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.#deps.logger.error({ err: error, id: wa.key.id }, 'incoming message not readable');
      return undefined;
    }
  }

  async #take(wa: WAMessage): Promise<void> {
    const { journal, logger, onMessage, onStored } = this.#deps;
    const result = await this.#read(wa);
    const key = toJournalKey(wa.key);
    switch (result.kind) {
      case 'message':
        journal.settle(key, () => {
          onMessage(result.message);
          passCrashPoint('message-storing');
        });
        passCrashPoint('message-stored');
        onStored();
        return;
      case 'stub':
        logger.debug({ chatJid: key.chat, id: key.id, reason: result.reason }, 'stub message');
        return;
      case 'ignored':
        journal.remove(key);
        logger.debug({ chatJid: key.chat, id: key.id, reason: result.reason }, 'message ignored');
        return;
      /* v8 ignore next -- @preserve: the compiler proves that nothing comes here */
      default:
        result satisfies never;
    }
  }
}
