import type { Command } from 'commander';
import { ConfigError } from '../../config.ts';
import type { EgressPolicyName } from '../../core/egress.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { clearMarks } from '../models/store.ts';
import { accessNote } from './access-note.ts';
import { describeGroup } from './describe.ts';
import { egressNote } from './egress-fields.ts';
import { misfitNote, readModelField } from './model-fields.ts';
import { addGroupOptions, type GroupOptions, groupOptionsSchema, toFields } from './options.ts';
import { checkGroup, findGroup, hostNote, loadGroups, saveEdit } from './registry.ts';

export function addGroupsSetCommand(groups: Command, context: CliContext, finish: Finish): void {
  const command = groups
    .command('set')
    .summary('change a registration')
    .description(
      'Changes what the options name and nothing else. The folder stays: to change it, remove the group ' +
        'and add it again with --folder.',
    )
    .argument('<group>', 'folder or JID of the group');
  addGroupOptions(command).action(async (wanted: string, values: unknown) => {
    const options = groupOptionsSchema.parse(values);
    const current = findGroup(await loadGroups(context), wanted);
    const saved = await change(context, current, options);
    if (options.json) writeJson(context, { group: saved });
    else
      context.stdout(
        `Saved.\n${describeGroup(saved)}${policyNote(saved, options)}${misfitNote(saved)}` +
          `${accessNote(context, saved)}${egressNote(saved, options, defaultPolicy(context))}${hostNote(context)}`,
      );
    finish(EXIT.ok);
  });
}

/** A note is worth less than the change that it is about: a broken configuration is for `deckhand doctor` to name. */
function defaultPolicy(context: CliContext): EgressPolicyName {
  try {
    return context.loadConfig().egress.policy;
  } catch (error) {
    if (error instanceof ConfigError) return 'open';
    throw error;
  }
}

async function change(
  context: CliContext,
  current: RegisteredGroup,
  options: GroupOptions,
): Promise<RegisteredGroup> {
  const plain = toFields(options, current);
  const changed = checkGroup({ ...current, ...plain }, 'set');
  const fields = { ...plain, ...(await readModelField(context, options, changed)) };
  const names = Object.keys(fields);
  if (names.length === 0) {
    throw new CliError(
      EXIT.usage,
      'Say what to change, for example --provider codex. `deckhand groups set --help` lists the options.',
    );
  }
  const checked: Record<string, unknown> = { ...checkGroup({ ...current, ...fields }, 'set') };
  const edit = Object.fromEntries(names.map((name) => [name, checked[name]]));
  const saved = await saveEdit(context, { type: 'set', jid: current.jid, fields: edit }, 'set');
  if ('model' in edit) clearMarks(context, saved);
  return saved;
}

function policyNote(group: RegisteredGroup, options: GroupOptions): string {
  const isAboutOpenai = options.policy !== undefined || options.auth !== undefined;
  return isAboutOpenai && group.provider === 'claude'
    ? 'Policy and auth take effect with --provider codex.\n'
    : '';
}
