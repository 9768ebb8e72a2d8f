import type { RegisteredGroup } from '../../core/group.ts';
import { summarizeModel } from '../../core/models/model-setting.ts';
import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import { alignRows, LINE_WIDTH } from '../layout.ts';
import { describeAccess } from './describe-access.ts';

/** A registration in three lines: folder and name, what holds for it, JID; more for what is not as by default. */
export function describeGroup(group: RegisteredGroup): string {
  const lines = [
    `${group.folder}  "${terminalText(group.name)}"`,
    `  ${[describeProvider(group), describeTrigger(group), ...(group.isMain ? ['main group'] : [])].join(' · ')}`,
    `  ${terminalText(group.jid)}`,
    ...[...describeModels(group), ...describeAccess(group)].map((line) => `  ${line}`),
  ];
  return `${lines.map((line) => fitToWidth(line, LINE_WIDTH)).join('\n')}\n`;
}

function describeProvider(group: RegisteredGroup): string {
  if (group.provider === 'claude') return 'claude';
  const settings = group.providerConfig?.[group.provider];
  const auth = settings?.authMethod === undefined ? '' : `, auth ${settings.authMethod}`;
  return `${group.provider}, policy ${settings?.approvalPolicy ?? 'auto'}${auth}`;
}

function describeModels({ model, fallbackToClaude }: RegisteredGroup): string[] {
  const own = model === undefined ? 'the default models' : terminalText(summarizeModel(model));
  const claude = fallbackToClaude ? ', and Claude when no model of OpenAI can answer' : '';
  return model === undefined && !fallbackToClaude ? [] : [`asks ${own}${claude}`];
}

function describeTrigger(group: RegisteredGroup): string {
  if (!(group.requiresTrigger ?? !group.isMain)) return 'answers every message';
  if (group.trigger === undefined) return 'answers to its name';
  return `answers to @${terminalText(group.trigger.replace(/^@/, ''))}`;
}

/** One line per chat: JID, name. */
export function describeChats(
  chats: readonly { readonly jid: string; readonly name: string }[],
): string {
  const rows = chats.map((chat) => [
    terminalText(chat.jid),
    chat.name === '' ? '(no name yet)' : `"${terminalText(chat.name)}"`,
  ]);
  return alignRows(rows, 40)
    .map((line) => `${line}\n`)
    .join('');
}
