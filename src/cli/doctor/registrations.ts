import { lstat } from 'node:fs/promises';
import { providerSchema } from '@deckhand/protocol';
import type { RegisteredGroup } from '../../core/group.ts';
import { createChats } from '../../db/chats.ts';
import { isErrno } from '../../errno.ts';
import type { HostPaths } from '../../paths.ts';
import { loadRegistrations } from '../../registrations/edit.ts';
import { CliError } from '../cli-error.ts';
import { readDatabase } from '../database.ts';
import { createGroupFolder } from '../groups/group-folder.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

export interface RegistrationsCheck {
  readonly findings: readonly Finding[];
  readonly groups: readonly RegisteredGroup[];
  /** False: who is registered is not known. */
  readonly isReadable: boolean;
}

/** Whether the registrations load, with every problem in them, and name chats and folders that are there. */
export async function checkRegistrationFile(paths: HostPaths): Promise<RegistrationsCheck> {
  const path = paths.registrations;
  const loaded = await loadRegistrations(path);
  if (!loaded.ok) {
    const mend = `Correct ${path}; a running host keeps the last good state until then.`;
    const findings = loaded.problems.map((found) => {
      const detail = found.path === '' ? found.message : `${found.path}: ${found.message}`;
      return problem('registrations.invalid', detail, mend);
    });
    return { findings, groups: [], isReadable: false };
  }
  const groups = [...loaded.groups.values()];
  if (groups.length === 0) {
    const mend =
      'Register one:\n$ npx deckhand groups list --known\n$ npx deckhand groups add <chat>';
    const none = warning('registrations.none', 'no group is registered', mend);
    return { findings: [none], groups, isReadable: true };
  }
  const findings = [...checkChats(groups, paths), ...(await checkFolders(groups, paths))];
  if (findings.length > 0) return { findings, groups, isReadable: true };
  return { findings: [ok('registrations', describeCount(groups))], groups, isReadable: true };
}

/** Groups that the account is in are named when it connects; without any name it never did. */
function checkChats(groups: readonly RegisteredGroup[], { database }: HostPaths): Finding[] {
  const known = new Set(readNamedGroups(database));
  if (known.size === 0) return [];
  const strangers = groups.filter(({ jid }) => jid.endsWith('@g.us') && !known.has(jid));
  return strangers.map(({ folder, jid }) => {
    const detail = `${folder}: the account is not in the group ${jid}, as far as is known`;
    const mend =
      'Add the account to the group in WhatsApp, or register the right one:\n$ npx deckhand groups list --known';
    return warning('registrations.unknown', detail, mend);
  });
}

function readNamedGroups(database: string): string[] {
  try {
    const chats = readDatabase(database, (db) => createChats(db).all()) ?? [];
    return chats.filter(({ isGroup, name }) => isGroup && name !== '').map(({ jid }) => jid);
  } catch (error) {
    // A database that cannot be read has a finding of its own.
    if (error instanceof CliError) return [];
    throw error;
  }
}

async function checkFolders(
  groups: readonly RegisteredGroup[],
  paths: HostPaths,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { folder } of groups) findings.push(...(await checkFolder(folder, paths)));
  return findings;
}

async function checkFolder(folder: string, paths: HostPaths): Promise<Finding[]> {
  const name = `groups/${folder}`;
  try {
    if ((await lstat(paths.groupFolder(folder))).isDirectory()) return [];
    const mend = `Move it away; no run of the group can start:\n$ mv ${name} ${name}.old`;
    return [problem('registrations.folder', `${name} is not a folder, but a link or file`, mend)];
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  const fix = {
    async apply() {
      await createGroupFolder(paths, folder);
      return `made ${name} with an empty memory`;
    },
  };
  const mend =
    'Put it back if it had a memory; its next run makes an empty one. At once:\n$ npx deckhand doctor --fix';
  return [warning('registrations.folder', `${name} is not there`, mend, fix)];
}

function describeCount(groups: readonly RegisteredGroup[]): string {
  const total = groups.length === 1 ? '1 group' : `${groups.length} groups`;
  const counts = providerSchema.options
    .map((name) => ({ name, count: groups.filter(({ provider }) => provider === name).length }))
    .filter(({ count }) => count > 0);
  return `${total}: ${counts.map(({ name, count }) => `${count} with ${name}`).join(', ')}`;
}
