import type { Command } from 'commander';
import { type DefaultFor, defaultFor } from '../../core/models/built-in.ts';
import { parseModelName } from '../../core/models/model-ref.ts';
import { type ModelSetting, summarizeModel } from '../../core/models/model-setting.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { findGroup, loadGroups, saveEdit } from '../groups/registry.ts';
import { chooseModels } from './choose.ts';
import { collect, defaultForOption, FOR_AGENTS } from './set-options.ts';
import { changeModels, clearMarks } from './store.ts';

interface SetOptions {
  readonly fallback?: readonly string[];
  readonly group?: string;
  readonly defaultFor?: 'claude' | 'codex';
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function addModelsSetCommand(models: Command, context: CliContext, finish: Finish): void {
  models
    .command('set')
    .summary('choose a model, with fallbacks')
    .description(
      'Chooses the model that is asked first, and those that are asked when it cannot answer. Without --group ' +
        'it is the default of all groups without a model of their own.',
    )
    .argument('<model>', 'full name, such as openai-codex/gpt-6.1-sol')
    .option('--fallback <model>', 'asked next; may be given several times', collect)
    .option('--group <group>', 'only for this group: its folder or JID')
    .addOption(defaultForOption('whose default it is (default: by the provider of the model)'))
    .option('--yes', 'choose it even if it seems not to be served')
    .option('--json', 'print what was chosen as JSON')
    .action(async (model: string, options: SetOptions) => {
      const wanted = {
        model,
        fallbacks: options.fallback ?? [],
        isConfirmed: options.yes === true,
      };
      const saved =
        options.group === undefined
          ? await saveDefault(context, wanted, options)
          : await saveForGroup(context, wanted, options.group);
      if (options.json) writeJson(context, saved);
      else
        context.stdout(`${describeTarget(saved)}: ${terminalText(summarizeModel(saved.model))}.\n`);
      finish(EXIT.ok);
    });
}

type Wanted = Parameters<typeof chooseModels>[2];

interface Saved {
  readonly model: ModelSetting;
  /** Folder of the group, or whose default it is. */
  readonly group?: string;
  readonly defaultFor?: DefaultFor;
}

async function saveForGroup(context: CliContext, wanted: Wanted, name: string): Promise<Saved> {
  const group = findGroup(await loadGroups(context), name);
  const model = await chooseModels(context, context.loadConfig(), wanted, group);
  await saveEdit(context, { type: 'set', jid: group.jid, fields: { model } }, 'set');
  clearMarks(context, { ...group, model });
  return { model, group: group.folder };
}

async function saveDefault(
  context: CliContext,
  wanted: Wanted,
  options: SetOptions,
): Promise<Saved> {
  const agents =
    options.defaultFor === undefined ? agentsOf(wanted.model) : FOR_AGENTS[options.defaultFor];
  const provider = agents === 'claude' ? 'claude' : 'codex';
  const model = await chooseModels(context, context.loadConfig(), wanted, { provider });
  changeModels(context, (models) =>
    models.putDefault(agents, { setting: model, chosenBy: 'person' }, context.now()),
  );
  clearMarks(context, { provider, model });
  return { model, defaultFor: agents };
}

function agentsOf(model: string): DefaultFor {
  const parsed = parseModelName(model);
  return defaultFor(parsed.ok && parsed.ref.provider === 'anthropic' ? 'claude' : 'codex');
}

function describeTarget({ group, defaultFor: agents }: Saved): string {
  if (group !== undefined) return `Saved. ${group} asks`;
  const who = agents === 'claude' ? 'claude groups' : 'codex and responses groups';
  return `Saved. By default ${who} ask`;
}
