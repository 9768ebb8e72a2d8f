import { registerHooks } from 'node:module';

interface SourceMutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Faults that are put into the host's sources, to show that the simulation finds them. */
const SOURCE_MUTATIONS: Readonly<Record<string, SourceMutation>> = {
  'forgotten-request': {
    file: 'src/ipc/request.ts',
    from: 'deps.requests.insert({',
    to: 'void ({',
  },
  'unconfirmed-as-acked': {
    file: 'src/engine/delivery.ts',
    from: 'outbox.recordAttempt(messageId);',
    to: "outbox.settle(messageId, 'acked', now());",
  },
  'no-adoption': {
    file: 'src/engine/attempts.ts',
    from: 'const told = await deps.runner.adopt(',
    to: 'const told = await (async (..._: unknown[]) => undefined)(',
  },
  'forgetful-start': {
    file: 'src/engine/dispatcher.ts',
    from: 'for (const chatJid of waiting) this.#queue.push(chatJid);',
    to: '',
  },
  'no-limit': {
    file: 'src/engine/keyed-queue.ts',
    from: 'if (this.#running.size >= this.#deps.limit) return;',
    to: '',
  },
  'lost-slot': {
    file: 'src/engine/claim-slots.ts',
    from: 'deps.taskRuns.claim({ taskId, scheduledFor: chosen, now });',
    to: '',
  },
  'mute-slot': {
    file: 'src/engine/settle-task-run.ts',
    from: 'say(deps, run, fresh);',
    to: '',
  },
};

/** Faults of what the simulation itself puts between the engine and its surroundings. */
const HOST_MUTATIONS = ['ack-before-store', 'fresh-id', 'no-transactions'] as const;

export const MUTATIONS: readonly string[] = [...HOST_MUTATIONS, ...Object.keys(SOURCE_MUTATIONS)];

/** Changes the source in memory; to be called before the engine is imported. */
export function mutateSources(name: string): void {
  const mutation = SOURCE_MUTATIONS[name];
  if (mutation === undefined) return;
  const { file, from, to } = mutation;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(file)) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      if (source.split(from).length !== 2)
        throw new Error(`${file} does not hold exactly once what ${name} replaces`);
      return { ...loaded, source: source.replace(from, to) };
    },
  });
}
