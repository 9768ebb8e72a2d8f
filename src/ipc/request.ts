import { createHash } from 'node:crypto';
import { type IpcReply, ipcReplySchema, type RefusalCode } from '@deckhand/protocol';
import type { Now } from '../clock.ts';
import type { RegisteredGroup } from '../core/group.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { Db } from '../db/database.ts';
import type { IpcRequests } from '../db/ipc-requests.ts';
import type { CommandTable, Ready, Refusal, RequestBox } from './command.ts';
import { parseRequest } from './request-json.ts';

export interface RequestDeps {
  readonly db: Db;
  readonly requests: IpcRequests;
  readonly commands: CommandTable;
  readonly groups: { byFolder(folder: string): RegisteredGroup | undefined };
  readonly now: Now;
}

export interface ClaimedRequest {
  readonly folder: string;
  readonly box: RequestBox;
  /** File name, and id of the request. */
  readonly name: string;
}

/**
 * - `accepted`: the effect happened just now
 * - `repeated`: it had happened before; the reply is the one of then
 * - `refused`: no effect
 */
export interface RequestResult {
  readonly outcome: 'accepted' | 'repeated' | 'refused';
  /** For the audit; only set to a type that is known. */
  readonly type?: string;
  readonly code?: RefusalCode;
  readonly reply: IpcReply;
  /** What should follow before the reply; may reject. */
  readonly afterwards?: () => Promise<void>;
}

/**
 * Decides on one request and lets it have its effect. The group is the one of this moment, and what happens in
 * the database is one transaction with its record. Rejects when the database does, or when the request can only
 * be carried out later.
 */
export async function applyRequest(
  deps: RequestDeps,
  request: ClaimedRequest,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<RequestResult> {
  const { folder, box, name } = request;
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  const known = deps.requests.find(folder, name);
  if (known?.contentHash === contentHash) return { outcome: 'repeated', reply: known.reply };
  if (known) return refuse(name, DUPLICATE_NAME);

  const parsed = parseRequest(bytes);
  if (!parsed.ok) return refuse(name, parsed);
  const command = deps.commands[box].find(({ type }) => type === parsed.type);
  if (!command) return refuse(name, unknownType(deps.commands, box, parsed.type));
  const group = deps.groups.byFolder(folder);
  if (!group) return refuse(name, NOT_REGISTERED, command.type);
  const prepared = command.prepare(group, parsed.value);
  if (!prepared.ok) return refuse(name, prepared, command.type);
  const ready = 'stage' in prepared ? await prepared.stage(signal) : prepared;
  if (!ready.ok) return refuse(name, ready, command.type);
  // Staging takes time, in which a registration can end.
  if (deps.groups.byFolder(folder)?.jid !== group.jid)
    return refuse(name, NOT_REGISTERED, command.type);
  const reply = record(deps, request, contentHash, ready);
  if ('refused' in reply) return refuse(name, reply.refused, command.type);
  const { afterwards } = ready;
  const result = { outcome: 'accepted', type: command.type, reply } as const;
  return afterwards === undefined ? result : { ...result, afterwards };
}

function record(
  deps: RequestDeps,
  { folder, name }: ClaimedRequest,
  contentHash: string,
  { apply }: Ready,
): IpcReply | { refused: Refusal } {
  const createdAt = deps.now();
  const commit = deps.db.transaction((): IpcReply | { refused: Refusal } => {
    const effect = apply(deps.db, { folder, requestId: name, acceptedAt: createdAt });
    if ('refused' in effect) return effect;
    passCrashPoint('request-applying');
    const reply = ipcReplySchema.parse({ ok: true, requestId: name, ...effect });
    deps.requests.insert({ folder, requestId: name, contentHash, reply, createdAt });
    return reply;
  });
  return commit.immediate();
}

export function refuse(name: string, { code, error }: Refusal, type?: string): RequestResult {
  const reply: IpcReply = { ok: false, requestId: name, code, error };
  return { outcome: 'refused', code, reply, ...(type === undefined ? {} : { type }) };
}

const DUPLICATE_NAME: Refusal = {
  code: 'duplicate_name',
  error: 'Another request had this file name. Choose a name that was never used.',
};

const NOT_REGISTERED: Refusal = {
  code: 'not_allowed',
  error: 'This group is not registered any more.',
};

function unknownType(commands: CommandTable, box: RequestBox, type: string): Refusal {
  const other = box === 'messages' ? 'tasks' : 'messages';
  if (commands[other].some((command) => command.type === type)) {
    return { code: 'unknown_type', error: `Requests of this type belong into ${other}/.` };
  }
  const known = commands[box].map((command) => `"${command.type}"`).join(', ');
  const hint = known === '' ? 'It takes no requests yet.' : `It takes ${known}.`;
  return { code: 'unknown_type', error: `${box}/ does not take requests of this type. ${hint}` };
}
