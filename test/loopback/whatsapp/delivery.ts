import type { BinaryNode } from '@whiskeysockets/baileys';
import type { FaultSwitches } from './faults.ts';
import { element } from './nodes.ts';
import { StateWatch } from './state-watch.ts';
import type { Counts } from './types.ts';

interface Recipient {
  send(node: BinaryNode): void;
  drop(): void;
}

interface Pending {
  readonly stanza: BinaryNode;
  wasSent: boolean;
}

/** Names a stanza the way the client's receipt or ack for it does. */
export interface StanzaName {
  tag: string;
  from: string | undefined;
  participant: string | undefined;
  id: string | undefined;
  type?: string | undefined;
}

/** Receipts for one message differ by type alone, so there the type is part of the name. */
function keyOf(name: StanzaName): string {
  const type = name.tag === 'receipt' ? (name.type ?? '') : '';
  return [name.tag, name.from, name.participant ?? '', name.id, type].join('|');
}

function nameOf(stanza: BinaryNode): StanzaName {
  const { from, participant, id, type } = stanza.attrs;
  return { tag: stanza.tag, from, participant, id, type };
}

const isPeerMessage = (stanza: BinaryNode) => stanza.attrs['category'] === 'peer';

/**
 * Everything on its way to the companion. A stanza stays pending until its receipt or ack; at each
 * login what is pending goes out again, marked offline.
 */
export class Delivery {
  readonly #faults: () => FaultSwitches;
  readonly #counts: Counts;
  readonly #onChange: () => void;
  readonly #pending = new Map<string, Pending>();
  readonly #refusals = new Map<string, number>();
  readonly #watch = new StateWatch();
  #held: BinaryNode[] = [];
  #recipient: Recipient | undefined;

  /** @param onChange called after the counts changed */
  constructor(faults: () => FaultSwitches, counts: Counts, onChange: () => void) {
    this.#faults = faults;
    this.#counts = counts;
    this.#onChange = onChange;
  }

  enqueue(stanza: BinaryNode): void {
    const pending = { stanza, wasSent: false };
    this.#pending.set(keyOf(nameOf(stanza)), pending);
    if (this.#recipient) this.#write(pending);
  }

  /**
   * The client could not read a message and asked its sender for it. It refuses the stanza as well,
   * by an ack that may come after the sender's new one, which must stay pending then.
   */
  expectRefusal(name: StanzaName): void {
    const key = keyOf(name);
    this.#refusals.set(key, (this.#refusals.get(key) ?? 0) + 1);
  }

  /** An ack with an error: settles the stanza unless it belongs to an earlier one of this name. */
  refuse(name: StanzaName): void {
    const key = keyOf(name);
    const expected = this.#refusals.get(key) ?? 0;
    if (expected === 0) this.settle(name);
    else this.#refusals.set(key, expected - 1);
  }

  settle(name: StanzaName): void {
    const key = keyOf(name);
    if (!this.#pending.has(key) || this.#faults().take('loseReceipts')) return;
    this.#pending.delete(key);
    this.#watch.changed();
  }

  /** Delivers the backlog; peer messages wait for its end, else the client misses its history. */
  attach(recipient: Recipient): void {
    this.#recipient = recipient;
    const backlog = [...this.#pending.values()];
    const regular = backlog.filter(({ stanza }) => !isPeerMessage(stanza));
    const messages = regular.filter(({ stanza }) => stanza.tag === 'message').length;
    const count = String(regular.length);
    recipient.send(
      element('ib', {}, [
        element('offline_preview', { count, message: String(messages), receipt: '0' }),
      ]),
    );
    for (const pending of regular) this.#write(pending, { offline: '1' });
    recipient.send(element('ib', {}, [element('offline', { count })]));
    for (const pending of backlog.filter(({ stanza }) => isPeerMessage(stanza))) {
      this.#write(pending);
    }
  }

  detach(recipient: Recipient): void {
    if (this.#recipient !== recipient) return;
    this.#recipient = undefined;
    this.#held = [];
  }

  /** Presence and the like: written now or never. */
  sendNow(node: BinaryNode): void {
    this.#recipient?.send(node);
  }

  forgetAll(): void {
    this.#pending.clear();
    this.#refusals.clear();
    this.#watch.changed();
  }

  releaseHeld(): void {
    const held = this.#held.reverse();
    this.#held = [];
    for (const stanza of held) this.#sendMessage(stanza);
  }

  waitUntilSettled(signal?: AbortSignal): Promise<void> {
    return this.#watch.waitUntil(() => this.#pending.size === 0, signal);
  }

  close(reason: Error): void {
    this.#watch.close(reason);
  }

  #write(pending: Pending, extra: Record<string, string> = {}): void {
    const { stanza } = pending;
    const marked = { ...stanza, attrs: { ...stanza.attrs, ...extra } };
    if (stanza.tag !== 'message') {
      pending.wasSent = true;
      this.#recipient?.send(marked);
      return;
    }
    if (pending.wasSent) this.#counts.redeliveries += 1;
    pending.wasSent = true;
    const { reorder } = this.#faults();
    if (reorder === 0 || isPeerMessage(stanza)) return this.#sendMessage(marked);
    this.#held.push(marked);
    if (this.#held.length >= reorder) this.releaseHeld();
  }

  #sendMessage(stanza: BinaryNode): void {
    const faults = this.#faults();
    const copies = !isPeerMessage(stanza) && faults.take('duplicateDeliveries') ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (!this.#recipient) return;
      this.#counts.messagesDelivered += 1;
      this.#recipient.send(stanza);
    }
    this.#onChange();
    if (faults.dropAfterDeliveries === undefined) return;
    faults.dropAfterDeliveries -= 1;
    if (faults.dropAfterDeliveries > 0) return;
    faults.dropAfterDeliveries = undefined;
    this.#recipient?.drop();
  }
}
