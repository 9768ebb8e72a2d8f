import type { Command } from 'commander';
import type { DefaultFor } from '../../core/models/built-in.ts';
import type { CliContext, Finish } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { findGroup, loadGroups, saveEdit } from '../groups/registry.ts';
import { defaultForOption, FOR_AGENTS } from './set-options.ts';
import { changeModels } from './store.ts';

interface ResetOptions {
  readonly group?: string;
  readonly defaultFor?: 'claude' | 'codex';
}

export function addModelsResetCommand(models: Command, context: CliContext, finish: Finish): void {
  models
    .command('reset')
    .summary('take back a choice of models')
    .description(
      'Takes back the stored defaults, so that .env or what comes with Deckhand counts again; with --group the ' +
        'choice of that group.',
    )
    .option('--group <group>', 'folder or JID of the group')
    .addOption(defaultForOption('only the default of these groups'))
    .action(async (options: ResetOptions) => {
      context.stdout(
        options.group === undefined
          ? resetDefaults(context, options.defaultFor)
          : await resetGroup(context, options.group),
      );
      finish(EXIT.ok);
    });
}

async function resetGroup(context: CliContext, name: string): Promise<string> {
  const group = findGroup(await loadGroups(context), name);
  if (group.model === undefined) return `${group.folder} has no model of its own.\n`;
  await saveEdit(context, { type: 'set', jid: group.jid, fields: { model: undefined } }, 'set');
  return `Saved. ${group.folder} asks the default models again.\n`;
}

function resetDefaults(context: CliContext, agent: ResetOptions['defaultFor']): string {
  const all: readonly DefaultFor[] =
    agent === undefined ? ['claude', 'openai'] : [FOR_AGENTS[agent]];
  const removed = changeModels(context, (models) =>
    all.filter((agents) => models.removeDefault(agents)),
  );
  return removed.length > 0
    ? 'Saved. `deckhand models list` shows what counts now.\n'
    : 'No default was stored.\n';
}
