import { z } from 'zod';

/**
 * A container without a network has one way out: a Unix socket of the host, in a folder that is mounted read-only, so
 * that the next host can bind the socket anew. See docs/gateway.md.
 */
export const DOOR_FOLDER = '/run/deckhand';
export const DOOR_SOCKET = 'door.sock';
/** Environment name by which a runtime without mounts moves that folder. */
export const DOOR_FOLDER_ENV = 'DECKHAND_DOOR';

/** Where the agent runner listens on 127.0.0.1 for the programs inside, and what for. */
export const MODEL_PORT = 8787;
export const OUTSIDE_PORT = 8788;

/** Where a connection is to go: to the run's model, or outside as far as the group's policy allows. */
export const doorTargetSchema = z.enum(['model', 'outside']);
export type DoorTarget = z.infer<typeof doorTargetSchema>;

/** Names one attempt to the host for as long as it goes on; it opens nothing else. */
const doorTokenSchema = z.string().regex(/^[\w-]{43}$/, 'is not a token of a run');

/** Longest first line of a connection in bytes, newline included. */
export const DOOR_LINE_MAX_BYTES = 512;
/** First line of each connection through the door, as JSON behind which a newline comes. */
export const doorLineSchema = z.strictObject({
  v: z.literal(1),
  token: doorTokenSchema,
  to: doorTargetSchema,
});
export type DoorLine = z.infer<typeof doorLineSchema>;

/**
 * The run asks its model through the host, which adds the credential on the way: what `secrets` holds are placeholders
 * that tell the kind of the credential and nothing of it.
 */
export const gatewayAccessSchema = z.strictObject({ token: doorTokenSchema });
export type GatewayAccess = z.infer<typeof gatewayAccessSchema>;
