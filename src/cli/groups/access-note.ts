import { mayAsk } from '../../core/access.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { createMessageLookup } from '../../db/message-lookup.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';

/** Of those who have written, so many are named. */
const NAMED = 3;

/** What may be wrong with the list of who may ask; empty when nothing seems to be. */
export function accessNote(context: CliContext, group: RegisteredGroup): string {
  if (group.senders?.allow === undefined) return '';
  if (group.senders.allow.length === 0) {
    const admins = group.admins === undefined ? '' : 'the admins and ';
    return `Nobody but ${admins}your own phone may ask here now.\n`;
  }
  const senders = readSenders(context, group);
  const isKnown = senders.some((senderJid) => mayAsk(group, { senderJid, isFromMe: false }));
  if (senders.length === 0 || isKnown) return '';
  const named = senders.slice(0, NAMED).map((jid) => `  ${terminalText(jid)}\n`);
  return `Nobody on the list has written in this chat so far. These have:\n${named.join('')}`;
}

/** A note is worth less than the change that it is about: without a database there is none. */
function readSenders(context: CliContext, { jid }: RegisteredGroup): readonly string[] {
  try {
    const { database } = installationPaths(context);
    return readDatabase(database, (db) => createMessageLookup(db).senders(jid)) ?? [];
  } catch (error) {
    if (error instanceof CliError) return [];
    throw error;
  }
}
