import type { Replacement } from '../mutation/replacement.ts';

/**
 * Faults that are built into the host to see whether the loop finds them:
 * - `ack-before-store`: a message is receipted before anything of it is on disk
 * - `fresh-id`: what is sent again goes out under another id
 */
export const MUTATIONS = {
  'ack-before-store': [
    {
      file: 'channels/whatsapp/signal/signal-operation.ts',
      from: 'journal.insert(row);',
      to: '',
    },
    {
      file: 'channels/whatsapp/inbound-pump.ts',
      from: 'this.#tail = this.#tail.then(() => this.#takeAll(messages));',
      to: 'setTimeout(() => { this.#tail = this.#tail.then(() => this.#takeAll(messages)); }, 150);',
    },
  ],
  'fresh-id': [
    {
      file: 'engine/delivery.ts',
      from: 'return channel.send(message, this.#stop.signal);',
      to: 'return channel.send({ ...message, id: `3EB0${crypto.randomUUID().replaceAll("-", "").slice(0, 18).toUpperCase()}` }, this.#stop.signal);',
    },
  ],
} as const satisfies Record<string, readonly Replacement[]>;

export type Mutation = keyof typeof MUTATIONS;

export const MUTATION_NAMES = Object.keys(MUTATIONS) as [Mutation, ...Mutation[]];
