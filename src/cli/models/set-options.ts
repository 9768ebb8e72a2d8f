import { Option } from 'commander';

/** `codex` stands for responses groups too: they ask the same models. */
export const FOR_AGENTS = { claude: 'claude', codex: 'openai' } as const;

export function defaultForOption(description: string): Option {
  return new Option('--default-for <agent>', description)
    .choices(Object.keys(FOR_AGENTS))
    .conflicts('group');
}

/** For an option that may be given several times. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
