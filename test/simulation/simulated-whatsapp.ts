import type { InboundMessage, Jid, OutboundMessage } from '../../src/core/message.ts';
import type { SendOutcome } from '../../src/ports.ts';
import type { Owner } from './simulated-clock.ts';

/** A message of a member. WhatsApp keeps it until the host has given its receipt. */
export interface Question {
  readonly message: InboundMessage;
  readonly isTrigger: boolean;
  isReceipted: boolean;
  /** Its chat was not registered when it came in, so that nothing of it is kept. */
  isForeign: boolean;
  /** Event at which it first came in while its chat was registered. */
  heardAt?: number;
}

/** A message of a host on its way. */
export interface Write {
  readonly name: string;
  readonly message: OutboundMessage;
  readonly owner: Owner;
  hasArrived: boolean;
  /** Undefined as soon as the host knows, or has given up to wait. */
  settle: ((outcome: SendOutcome) => void) | undefined;
}

/** What WhatsApp keeps for the host, what is on its way, and what the phones show. */
export class SimulatedWhatsApp {
  readonly questions: Question[] = [];
  readonly writes: Write[] = [];
  /** In the order of arrival, each id once, as phones show them. */
  readonly shown: OutboundMessage[] = [];
  readonly #shownIds = new Map<string, string>();
  readonly #onShown: (message: OutboundMessage) => void;
  readonly #onForged: (reason: string) => void;
  #written = 0;

  constructor(onShown: (message: OutboundMessage) => void, onForged: (reason: string) => void) {
    this.#onShown = onShown;
    this.#onForged = onForged;
  }

  write(owner: Owner, message: OutboundMessage, signal: AbortSignal): Promise<SendOutcome> {
    return new Promise((resolve) => {
      this.#written += 1;
      const name = `w${this.#written}`;
      const settle = (outcome: SendOutcome) => {
        entry.settle = undefined;
        resolve(outcome);
      };
      const entry: Write = { name, message, owner, hasArrived: false, settle };
      this.writes.push(entry);
      signal.addEventListener('abort', () => this.giveUp(entry));
    });
  }

  arrive(write: Write): void {
    write.hasArrived = true;
    this.#tidy();
    const { message } = write;
    const content = JSON.stringify(message);
    const before = this.#shownIds.get(message.id);
    if (before !== undefined && before !== content)
      this.#onForged(`${message.id} came with other content`);
    if (before !== undefined) return;
    this.#shownIds.set(message.id, content);
    this.shown.push(message);
    this.#onShown(message);
  }

  ack(write: Write): void {
    write.settle?.({ status: 'acked' });
    this.#tidy();
  }

  /** The host hears nothing of it; it may arrive all the same. */
  giveUp(write: Write): void {
    write.settle?.({ status: 'unconfirmed', reason: 'no answer' });
    this.#tidy();
  }

  /** It never arrives. */
  lose(write: Write): void {
    write.hasArrived = true;
    this.giveUp(write);
  }

  /** The connection of a host is cut; what it has written is still under way. */
  cut(owner: Owner): void {
    const own = this.writes.filter((write) => write.owner === owner);
    for (const write of own) this.giveUp(write);
  }

  /** The host is dead: nobody is told anything any more. */
  forget(owner: Owner): void {
    for (const write of this.writes) if (write.owner === owner) write.settle = undefined;
    this.#tidy();
  }

  shownIn(chatJid: Jid): OutboundMessage[] {
    return this.shown.filter((message) => message.chatJid === chatJid);
  }

  #tidy(): void {
    for (let index = this.writes.length - 1; index >= 0; index--) {
      const write = this.writes[index];
      if (write?.hasArrived === true && write.settle === undefined) this.writes.splice(index, 1);
    }
  }
}
