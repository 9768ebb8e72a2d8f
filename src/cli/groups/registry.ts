import type { z } from 'zod';
import { type RegisteredGroup, registeredGroupSchema } from '../../core/group.ts';
import type { GroupMap, RegistrationProblem } from '../../core/registration.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import {
  editRegistrations,
  loadRegistrations,
  type RegistrationEdit,
} from '../../registrations/edit.ts';
import { formatProblems } from '../../registrations/text.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { optionOf } from './options.ts';

/** The registered groups. Throws when the file cannot be used, with everything that has to be mended. */
export async function loadGroups(context: CliContext): Promise<GroupMap> {
  const { registrations } = installationPaths(context);
  const loaded = await loadRegistrations(registrations);
  if (loaded.ok) return loaded.groups;
  throw new CliError(
    EXIT.failed,
    `${registrations} cannot be used; mend it first:\n${indent(formatProblems(loaded.problems))}`,
  );
}

/** Finds a registered group by folder or JID. */
export function findGroup(groups: GroupMap, wanted: string): RegisteredGroup {
  const byJid = groups.get(wanted.toLowerCase());
  const found = byJid ?? [...groups.values()].find((group) => group.folder === wanted);
  if (found !== undefined) return found;
  throw new CliError(
    EXIT.usage,
    `No registered group has the folder or JID "${wanted}". \`deckhand groups list\` shows them.`,
  );
}

/** Checks a registration as a whole and names all problems by the options that mend them. */
export function checkGroup(candidate: unknown, command: string): RegisteredGroup {
  const parsed = registeredGroupSchema.safeParse(candidate);
  if (parsed.success) return parsed.data;
  throw badOptions(command, parsed.error.issues.map(describeIssue));
}

/** Writes one edit. Throws when it is refused. */
export async function saveEdit(
  context: CliContext,
  edit: RegistrationEdit,
  command: string,
): Promise<RegisteredGroup> {
  const target = { path: installationPaths(context).registrations, now: context.now };
  const outcome = await editRegistrations(target, edit, context.signal);
  if (outcome.status === 'saved') return outcome.group;
  const jid = edit.type === 'add' ? edit.group.jid : edit.jid;
  throw badOptions(
    command,
    outcome.problems.map((problem) => describeProblem(problem, jid)),
  );
}

/** A sentence for when a host is running, else nothing. */
export function hostNote(context: CliContext): string {
  const isRunning = isHostRunning(installationPaths(context).lock);
  return isRunning ? 'The running host follows by itself.\n' : '';
}

function badOptions(command: string, problems: readonly string[]): CliError {
  const list = indent(problems.join('\n'));
  const help = `Run \`deckhand groups ${command} --help\` to see what it takes.`;
  return new CliError(EXIT.usage, `Nothing was changed:\n${list}\n${help}`);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${optionOf(issue.path.join('.'))}: ${issue.message}`;
}

function describeProblem({ path, message }: RegistrationProblem, jid: string): string {
  if (path === '') return message;
  const isOfGroup = path.startsWith(`${jid}.`);
  return `${isOfGroup ? optionOf(path.slice(jid.length + 1)) : path}: ${message}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
