import { z } from 'zod';
import { ipcLine } from './ipc-text.ts';
import { providerSchema } from './run-request.ts';

/** `tasks/`, main only: asks WhatsApp for the groups the account is in. */
export const refreshGroupsCommandSchema = z.strictObject({
  type: z.literal('refresh_groups'),
  groupFolder: z.string().max(64).optional(),
  timestamp: z.string().max(64).optional(),
});

/** `tasks/`, main only: registers a chat, so that the assistant answers there. */
export const registerGroupCommandSchema = z.strictObject({
  type: z.literal('register_group'),
  jid: z.string().min(1).max(128),
  name: ipcLine(200),
  folder: z.string().min(1).max(64),
  trigger: ipcLine(100),
  requiresTrigger: z.boolean().optional(),
  /** As in the registrations, and checked as there. */
  containerConfig: z.record(z.string().max(64), z.unknown()).optional(),
  /** The one of main when absent. */
  provider: providerSchema.optional(),
  groupFolder: z.string().max(64).optional(),
  timestamp: z.string().max(64).optional(),
});
export type RegisterGroupCommand = z.infer<typeof registerGroupCommandSchema>;

export const groupReplySchema = z.strictObject({
  jid: z.string(),
  name: z.string(),
  folder: z.string(),
});

/** `available_groups.json` of main: every chat that Deckhand knows. */
export const groupsSnapshotSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      jid: z.string(),
      name: z.string(),
      /** RFC 3339 in UTC; null when no message was seen. */
      lastActivity: z.string().nullable(),
      isRegistered: z.boolean(),
    }),
  ),
  /** When this was written, RFC 3339 in UTC. */
  lastSync: z.string(),
});
export type GroupsSnapshot = z.infer<typeof groupsSnapshotSchema>;

/** Snapshots the host puts beside the folders of a mailbox. */
export const SNAPSHOT_FILES = {
  tasks: 'current_tasks.json',
  groups: 'available_groups.json',
} as const;
