import type { Replacement } from '../mutation/replacement.ts';
import type { TargetName } from './target-names.ts';

/** Faults that are built into the program to see whether fuzzing finds them, with the target that must and what it says. */
export const MUTATIONS = {
  'foreign-task': {
    target: 'ipc-request',
    problem: /row of another group/,
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
    problem: /not those of the lines/,
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
    problem: /Invalid regular expression/,
    changes: [
      { file: 'core/trigger.ts', from: ".replace(/[.*+?^${}()|[\\]\\\\]/g, '\\\\$&')", to: '' },
    ],
  },
  'open-markup': {
    target: 'prompt',
    problem: /another shape/,
    changes: [{ file: 'core/prompt.ts', from: '/[&<>]|(?![\\n\\t])', to: '/[&>]|(?![\\n\\t])' }],
  },
  'long-messages': {
    target: 'splitter',
    problem: /blank or too long/,
    changes: [
      { file: 'core/outbound/split.ts', from: "limit - '\\n(/)'.length - 2 * digits", to: 'limit' },
    ],
  },
  'endless-schedule': {
    target: 'schedule',
    problem: /hangs/,
    changes: [{ file: 'core/schedule/cron.ts', from: 'wall = nextWall(cron, wall);', to: '' }],
  },
  'secret-in-problem': {
    target: 'configuration',
    problem: /tells a secret/,
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
    problem: /two main groups/,
    changes: [{ file: 'core/registration.ts', from: ', ...checkMain(groups)', to: '' }],
  },
  'any-host': {
    target: 'media',
    problem: /the sender chose/,
    changes: [
      {
        file: 'channels/whatsapp/media-source.ts',
        from: "return built?.host === host && built.protocol === 'https:' ? built : undefined;",
        to: 'return built ?? undefined;',
      },
    ],
  },
  'any-door-line': {
    target: 'door-line',
    problem: /without a token/,
    changes: [
      {
        file: 'gateway/door-line.ts',
        from: 'doorLineSchema.safeParse(decoded.value).data',
        to: 'Object(decoded.value)',
      },
    ],
  },
  'trailing-dot': {
    target: 'egress-host',
    problem: /host of other characters/,
    changes: [
      {
        file: 'core/host.ts',
        from: "return parseName(hostname.replace(/\\.$/, ''));",
        to: "return { kind: 'name', text: hostname };",
      },
    ],
  },
  'ends-alike': {
    target: 'egress-rule',
    problem: /name itself/,
    changes: [
      { file: 'core/host-rule.ts', from: 'endsWith(`.${rule.name}`)', to: 'endsWith(rule.name)' },
    ],
  },
  'any-tool': {
    target: 'model-request',
    problem: /tool of the model/,
    changes: [
      {
        file: 'model-proxy/anthropic-reach.ts',
        from: 'if (tool) return',
        to: "if (tool?.type === '') return",
      },
    ],
  },
  'cut-answers': {
    target: 'answer-tap',
    problem: /how a/,
    changes: [
      {
        file: 'model-proxy/event-splitter.ts',
        from: 'this.#decoder.decode(chunk, { stream: true })',
        to: 'this.#decoder.decode(chunk)',
      },
    ],
  },
} as const satisfies Record<
  string,
  { target: TargetName; problem: RegExp; changes: readonly Replacement[] }
>;

export type Mutation = keyof typeof MUTATIONS;

export const MUTATION_NAMES = Object.keys(MUTATIONS) as [Mutation, ...Mutation[]];
