import type { Replacement } from '../mutation/replacement.ts';

/** Faults that are put into the host's sources, to show that the simulation finds them. */
export const SOURCE_MUTATIONS: Readonly<Record<string, Replacement>> = {
  'forgotten-request': {
    file: 'ipc/request.ts',
    from: 'deps.requests.insert({',
    to: 'void ({',
  },
  'unconfirmed-as-acked': {
    file: 'engine/delivery.ts',
    from: 'outbox.recordAttempt(messageId);',
    to: "outbox.settle(messageId, 'acked', now());",
  },
  'no-adoption': {
    file: 'engine/attempts.ts',
    from: 'const told = await deps.runner.adopt(',
    to: 'const told = await (async (..._: unknown[]) => undefined)(',
  },
  'forgetful-start': {
    file: 'engine/dispatcher.ts',
    from: 'for (const chatJid of waiting) this.#queue.push(chatJid);',
    to: '',
  },
  'no-limit': {
    file: 'engine/keyed-queue.ts',
    from: 'if (this.#running.size >= this.#deps.limit) return;',
    to: '',
  },
  'lost-slot': {
    file: 'engine/claim-slots.ts',
    from: 'deps.taskRuns.claim({ taskId, scheduledFor: chosen, now });',
    to: '',
  },
  'mute-slot': {
    file: 'engine/settle-task-run.ts',
    from: 'say(deps, run, fresh);',
    to: '',
  },
};

/** Faults of what the simulation itself puts between the engine and its surroundings. */
const HOST_MUTATIONS = ['ack-before-store', 'fresh-id', 'no-transactions'] as const;

export const MUTATIONS: readonly string[] = [...HOST_MUTATIONS, ...Object.keys(SOURCE_MUTATIONS)];
