import type { Replacement } from '../crash-loop/mutations.ts';

/** Faults that are built into the program to see whether fuzzing finds them, each with the target that must. */
export const MUTATIONS = {
  'foreign-task': {
    target: 'ipc-request',
    changes: [
      {
        file: 'ipc/commands/tasks/schedule-task.ts',
        from: 'if (group.isMain || targetJid',
        to: 'if (group.isMain || true || targetJid',
      },
    ],
  },
  'cut-characters': {
    target: 'runner-events',
    changes: [
      {
        file: 'containers/event-feed.ts',
        from: 'this.#splitter.push(chunk);',
        to: 'this.#splitter.push(Buffer.from(Buffer.from(chunk).toString()));',
      },
    ],
  },
  'trigger-as-pattern': {
    target: 'trigger',
    changes: [
      { file: 'core/trigger.ts', from: ".replace(/[.*+?^${}()|[\\]\\\\]/g, '\\\\$&')", to: '' },
    ],
  },
  'open-markup': {
    target: 'prompt',
    changes: [{ file: 'core/prompt.ts', from: '/[&<>]|(?![\\n\\t])', to: '/[&>]|(?![\\n\\t])' }],
  },
  'halved-characters': {
    target: 'splitter',
    changes: [
      {
        file: 'core/outbound/graphemes.ts',
        from: 'return isHalf ? end - 1 : end;',
        to: 'return end;',
      },
    ],
  },
  'endless-schedule': {
    target: 'schedule',
    changes: [{ file: 'core/schedule/cron.ts', from: 'wall = nextWall(cron, wall);', to: '' }],
  },
  'secret-in-problem': {
    target: 'configuration',
    changes: [
      {
        file: 'config.ts',
        from: 'throw new ConfigError(describeProblems(parsed.error))',
        to: 'throw new ConfigError(describeProblems(parsed.error) + JSON.stringify(values))',
      },
    ],
  },
  'two-mains': {
    target: 'registrations',
    changes: [{ file: 'core/registration.ts', from: ', ...checkMain(groups)', to: '' }],
  },
  'any-host': {
    target: 'media',
    changes: [
      {
        file: 'channels/whatsapp/media-source.ts',
        from: "return built?.host === host && built.protocol === 'https:' ? built : undefined;",
        to: 'return built ?? undefined;',
      },
    ],
  },
} as const satisfies Record<string, { target: string; changes: readonly Replacement[] }>;

export type Mutation = keyof typeof MUTATIONS;

export const MUTATION_NAMES = Object.keys(MUTATIONS) as [Mutation, ...Mutation[]];
