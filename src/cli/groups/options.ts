import type { Command } from 'commander';
import { z } from 'zod';
import type { RegisteredGroup } from '../../core/group.ts';
import { collect } from '../models/set-options.ts';
import { toAccessFields } from './access-fields.ts';
import { accessOptionsSchema, addAccessOptions } from './access-options.ts';
import { toEgressField } from './egress-fields.ts';
import { addEgressOptions, egressOptionsSchema } from './egress-options.ts';

/** As commander gives them; what the values may be is checked with the whole registration. */
export const groupOptionsSchema = z.strictObject({
  name: z.string().optional(),
  folder: z.string().optional(),
  trigger: z.string().optional(),
  defaultTrigger: z.boolean().optional(),
  triggerRequired: z.boolean().optional(),
  main: z.boolean().optional(),
  provider: z.string().optional(),
  policy: z.string().optional(),
  auth: z.string().optional(),
  model: z.string().optional(),
  fallback: z.array(z.string()).optional(),
  fallbackToClaude: z.boolean().optional(),
  ...accessOptionsSchema.shape,
  ...egressOptionsSchema.shape,
  yes: z.boolean().optional(),
  json: z.boolean().optional(),
});
export type GroupOptions = z.infer<typeof groupOptionsSchema>;

/** The options that `add` and `set` share. */
export function addGroupOptions(command: Command): Command {
  const withModels = command
    .option('--name <name>', 'what the group is called')
    .option('--trigger <word>', 'word that calls the assistant here, instead of its name')
    .option('--default-trigger', "back to the assistant's name")
    .option('--trigger-required', 'answer only when called (the default but in the main group)')
    .option('--no-trigger-required', 'answer every message')
    .option('--main', 'make it the main group, which may manage the others')
    .option('--no-main', 'make it an ordinary group')
    .option('--provider <provider>', 'who answers: claude (the default), codex or responses')
    .option(
      '--policy <policy>',
      'what a codex or responses agent may write: auto, readonly or full',
    )
    .option('--auth <method>', 'how codex or responses sign in: chatgpt, api_key or any')
    .option(
      '--model <model>',
      'asked here instead of the default; `deckhand models list` shows all',
    )
    .option('--fallback <model>', 'asked when --model cannot answer; several times', collect)
    .option('--fallback-to-claude', 'let Claude answer when no model of OpenAI can')
    .option('--no-fallback-to-claude', 'do not let Claude answer for codex or responses');
  return addEgressOptions(addAccessOptions(withModels))
    .option('--yes', 'choose the models even if they seem not to be served')
    .option('--json', 'print the registration as JSON');
}

/**
 * The fields that the options ask for, still unchecked. `undefined` as a value removes a field; a field that
 * no option names is not there at all.
 */
export function toFields(
  options: GroupOptions,
  current?: RegisteredGroup,
): Record<string, unknown> {
  const { name, folder, trigger, provider, fallbackToClaude } = options;
  const { triggerRequired: requiresTrigger, main: isMain } = options;
  const given = { name, folder, trigger, requiresTrigger, isMain, provider, fallbackToClaude };
  const fields: Record<string, unknown> = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  if (options.defaultTrigger && options.trigger === undefined) fields['trigger'] = undefined;
  if (options.policy !== undefined || options.auth !== undefined) {
    fields['providerConfig'] = agentConfig(options, current);
  }
  return { ...fields, ...toAccessFields(options, current), ...toEgressField(options, current) };
}

/** Settings are kept per program, so that going back to another one finds its own again. */
function agentConfig(options: GroupOptions, current?: RegisteredGroup): unknown {
  const { policy, auth } = options;
  const isResponses = (options.provider ?? current?.provider) === 'responses';
  const agent = isResponses ? 'responses' : 'codex';
  const { authMethod, ...kept } = current?.providerConfig?.[agent] ?? {};
  const method = auth === 'any' ? undefined : (auth ?? authMethod);
  return {
    ...current?.providerConfig,
    [agent]: {
      ...kept,
      ...(policy === undefined ? {} : { approvalPolicy: policy }),
      ...(method === undefined ? {} : { authMethod: method }),
    },
  };
}

/** Option that sets a field, by the field's path in a registration. */
const OPTION_OF: Readonly<Record<string, string>> = {
  jid: '<chat>',
  name: '--name',
  folder: '--folder',
  trigger: '--trigger',
  requiresTrigger: '--trigger-required',
  isMain: '--main',
  provider: '--provider',
  'providerConfig.codex.approvalPolicy': '--policy',
  'providerConfig.codex.authMethod': '--auth',
  'providerConfig.responses.approvalPolicy': '--policy',
  'providerConfig.responses.authMethod': '--auth',
  model: '--model',
  fallbackToClaude: '--fallback-to-claude',
  'senders.allow': '--allow',
  admins: '--admin',
  'budget.runsPerDay': '--runs-per-day',
  'budget.tokensPerDay': '--tokens-per-day',
  'limits.sender': '--person-rate',
  'limits.group': '--group-rate',
  'egress.policy': '--egress',
  'egress.hosts': '--allow-host',
};

/** A place in a list is named by the option that fills the list. */
export function optionOf(field: string): string {
  return OPTION_OF[field.replace(/\.[0-9]+$/, '')] ?? field;
}
