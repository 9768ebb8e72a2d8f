import type { Command } from 'commander';
import type { RegisteredGroup } from '../../core/group.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { findGroup, loadGroups } from '../groups/registry.ts';
import { describeDefaults, describeModels } from './describe.ts';
import { type ModelFacts, readModelFacts } from './facts.ts';
import { refreshCatalog } from './live.ts';
import { listModels, type Plans, planGroups, type UsedModel } from './usage.ts';

interface ListOptions {
  readonly group?: string;
  readonly live?: boolean;
  readonly json?: boolean;
}

export function addModelsListCommand(models: Command, context: CliContext, finish: Finish): void {
  models
    .command('list')
    .summary('show the models, and who asks them')
    .description(
      'Shows the models with their status, context window and reasoning efforts, and which groups ask them. ' +
        'working: a run was answered; catalog: listed; unsupported: a run was refused; unknown: not listed.',
    )
    .option('--group <group>', 'only what this group asks, in its order')
    .option('--live', 'first ask the Codex CLI, ChatGPT and the API what they serve now')
    .option('--json', 'print as JSON')
    .action(async (options: ListOptions) => {
      const config = context.loadConfig();
      const registered = await loadGroups(context);
      const groups =
        options.group === undefined
          ? [...registered.values()]
          : [findGroup(registered, options.group)];
      const notes = options.live ? await refreshCatalog(context, config) : [];
      const facts = readModelFacts(context, config);
      const plans = planGroups(groups, facts);
      const found = listModels(facts, plans);
      const shown =
        options.group === undefined ? found : found.filter(({ usedBy }) => usedBy.length > 0);
      const listing = { shown, notes: [...notes, ...describeProblems(groups, plans)] };
      if (options.json) writeJson(context, toJson(facts, listing));
      else report(context, config.timeZone, facts, listing);
      finish(EXIT.ok);
    });
}

interface Listing {
  readonly shown: readonly UsedModel[];
  readonly notes: readonly string[];
}

function describeProblems(groups: readonly RegisteredGroup[], plans: Plans): string[] {
  return groups.flatMap(({ folder }) => {
    const plan = plans.get(folder);
    return [...(plan?.problems ?? []), ...(plan?.notes ?? [])].map((text) => `${folder}: ${text}`);
  });
}

function report(
  context: CliContext,
  timeZone: string,
  facts: ModelFacts,
  { shown, notes }: Listing,
): void {
  if (shown.length > 0) context.stdout(`${describeModels(shown, timeZone)}\n`);
  context.stdout(describeDefaults(facts));
  for (const note of notes) context.stderr(`Note: ${terminalText(note)}\n`);
}

function toJson({ stored, effective, live }: ModelFacts, { shown, notes }: Listing): unknown {
  return {
    models: shown.map(({ name, status, entry, retirement, cooling, usedBy }) => ({
      name,
      status,
      contextWindow: entry?.contextWindow ?? null,
      efforts: entry?.efforts ?? null,
      defaultEffort: entry?.defaultEffort ?? null,
      isLite: entry?.isLite ?? null,
      takenFor: entry?.clonedFrom ?? null,
      retirement: retirement ?? null,
      coolingUntil: cooling?.until ?? null,
      usedBy,
    })),
    defaults: {
      claude: effective.defaults.claude ?? effective.builtIn.claude,
      openai: effective.defaults.openai ?? effective.builtIn.codex,
      chosenBy: {
        claude: stored.claude?.chosenBy ?? null,
        openai: stored.openai?.chosenBy ?? null,
      },
    },
    fetchedAt: live?.fetchedAt ?? null,
    notes,
  };
}
