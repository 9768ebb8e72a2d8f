import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import type { Now } from '../clock.ts';
import { type RegisteredGroup, registeredGroupSchema } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import type { RegistrationProblem } from '../core/registration.ts';
import { readFileText, removeUnfinished, replaceFile } from './file.ts';
import { withLock } from './lock.ts';
import {
  formatRegistrations,
  type ParsedRegistrations,
  parseRegistrations,
  type RawRegistrations,
} from './text.ts';

/** A registration before defaults are filled in. */
export type GroupInput = z.input<typeof registeredGroupSchema>;

export type RegistrationEdit =
  | { type: 'add'; group: GroupInput }
  /** Replaces the named fields; `undefined` removes a field, so that its default holds again. */
  | { type: 'set'; jid: Jid; fields: { [K in keyof GroupInput]?: GroupInput[K] | undefined } }
  | { type: 'remove'; jid: Jid };

/** `refused` leaves the file as it was; the problems say what to change. */
export type EditOutcome =
  | { status: 'saved'; group: RegisteredGroup }
  | { status: 'refused'; problems: readonly RegistrationProblem[] };

export interface EditTarget {
  /** The registrations file; its lock is `<path>.lock`. */
  readonly path: string;
  readonly now: Now;
}

/**
 * Applies one edit to the file as it is now, under an exclusive lock: the host and a command may edit at
 * the same time. A file that does not load is never overwritten.
 */
export async function editRegistrations(
  target: EditTarget,
  edit: RegistrationEdit,
  signal: AbortSignal,
): Promise<EditOutcome> {
  await mkdir(dirname(target.path), { recursive: true, mode: 0o700 });
  return withLock(`${target.path}.lock`, target.now, signal, async () => {
    const before = await loadRegistrations(target.path);
    if (!before.ok) return { status: 'refused', problems: before.problems };
    const raw = applyEdit(before.raw, edit);
    if ('problem' in raw) return { status: 'refused', problems: [raw.problem] };
    const text = formatRegistrations(raw.next);
    const after = parseRegistrations(text);
    if (!after.ok) return { status: 'refused', problems: after.problems };
    await removeUnfinished(target.path);
    await replaceFile(target.path, text);
    const jid = edit.type === 'add' ? edit.group.jid : edit.jid;
    const group = after.groups.get(jid) ?? before.groups.get(jid);
    if (!group) throw new Error(`the edit of ${jid} left no registration`);
    return { status: 'saved', group };
  });
}

/** Reads the file once; a missing file registers nothing. */
export async function loadRegistrations(path: string): Promise<ParsedRegistrations> {
  const file = await readFileText(path);
  if (file.status === 'unreadable') {
    return { ok: false, problems: [{ path: '', message: file.reason }] };
  }
  return parseRegistrations(file.status === 'read' ? file.text : undefined);
}

type Edited = { next: RawRegistrations } | { problem: RegistrationProblem };

function applyEdit(raw: RawRegistrations, edit: RegistrationEdit): Edited {
  const jid = edit.type === 'add' ? edit.group.jid : edit.jid;
  const exists = Object.hasOwn(raw, jid);
  if (edit.type === 'add') {
    if (exists)
      return { problem: { path: jid, message: 'is registered already; set its fields instead' } };
    return { next: { ...raw, [jid]: completeGroup(edit.group) } };
  }
  if (!exists) return { problem: { path: jid, message: 'is not registered; add it first' } };
  if (edit.type === 'remove') {
    return { next: Object.fromEntries(Object.entries(raw).filter(([key]) => key !== jid)) };
  }
  const entry = raw[jid];
  // JSON leaves out undefined values, which is how `set` removes a field.
  return {
    next: { ...raw, [jid]: { ...(typeof entry === 'object' ? entry : {}), ...edit.fields } },
  };
}

/** Writes defaults out, so that the entry keeps its meaning; an invalid one is left for the check to name. */
function completeGroup(group: GroupInput): unknown {
  const parsed = registeredGroupSchema.safeParse(group);
  const { jid: _key, ...fields } = parsed.success ? parsed.data : group;
  return fields;
}
