import type { BinaryNode } from '@whiskeysockets/baileys';
import type { OutboundMessage } from '../../core/message.ts';
import { passCrashPoint } from '../../crash-points.ts';
import type { Logger } from '../../logger.ts';
import type { SendOutcome } from '../../ports.ts';
import { judgeAck, judgeSendError, readServerCode } from './ack.ts';
import type { GroupDirectory } from './group-directory.ts';
import { isGroup, toBareJid } from './identity.ts';
import { leaveOutUnreachable } from './key-recovery.ts';
import { toProtoMessage } from './outbound.ts';
import type { OpenSocket } from './socket.ts';

export interface SendDeps {
  readonly socket: OpenSocket;
  readonly groups: GroupDirectory;
  /** How long to wait for the server's ack once the message is written. */
  readonly ackTimeoutMs: number;
  readonly logger: Logger;
}

/** `smax-invalid`: the stanza named a device that is no more. */
const STALE_DEVICES = '479';

/**
 * Sends one message and waits for the server's answer. Never rejects. Without an answer (connection lost,
 * time over, aborted) it is unconfirmed, and may be sent again with the same id.
 */
export async function sendMessage(
  message: OutboundMessage,
  deps: SendDeps,
  signal: AbortSignal,
): Promise<SendOutcome> {
  if (toBareJid(message.chatJid) === undefined)
    return { status: 'rejected', reason: 'no such chat' };
  const answer = listenForAck(message.id, deps.socket);
  const interruption = interrupt(deps.socket, signal);
  try {
    const sent = relay(message, deps).then(() => undefined, judgeSendError);
    const failure = await Promise.race([sent, interruption.outcome]);
    if (failure !== undefined) return failure;
    passCrashPoint('message-written');
    interruption.startTimer(deps.ackTimeoutMs);
    const ack = await Promise.race([answer.ack, interruption.outcome]);
    if ('status' in ack) return ack;
    if (ack.attrs['phash'] !== undefined) deps.groups.forget(message.chatJid);
    if (ack.attrs['error'] !== STALE_DEVICES) return judgeAck(ack);
    return await resendToFreshDevices(message, deps, answer, interruption);
  } finally {
    answer.stop();
    interruption.stop();
  }
}

async function resendToFreshDevices(
  message: OutboundMessage,
  deps: SendDeps,
  answer: AckListener,
  interruption: Interruption,
): Promise<SendOutcome> {
  const next = answer.next();
  const sent = write(message, deps, { isFresh: true }).then(() => undefined, judgeSendError);
  const failure = await Promise.race([sent, interruption.outcome]);
  if (failure !== undefined) return failure;
  const ack = await Promise.race([next, interruption.outcome]);
  return 'status' in ack ? ack : judgeAck(ack);
}

/** Writes the message; when the server refuses a device's keys, once more with what is known afresh. */
async function relay(message: OutboundMessage, deps: SendDeps): Promise<void> {
  try {
    await write(message, deps, { isFresh: false });
  } catch (error) {
    if (readServerCode(error) === undefined) throw error;
    deps.logger.warn(
      { err: error, chatJid: message.chatJid },
      'message refused before it was sent',
    );
    deps.groups.forget(message.chatJid);
    if (isGroup(message.chatJid)) await recoverKeys(message, deps);
    await write(message, deps, { isFresh: true });
  }
}

async function recoverKeys({ chatJid }: OutboundMessage, deps: SendDeps): Promise<void> {
  const { participants } = await deps.groups.find(chatJid);
  const jids = participants.map((participant) => participant.id);
  const devices = await leaveOutUnreachable(deps.socket.sock, chatJid, jids);
  if (devices > 0) deps.logger.warn({ chatJid, devices }, 'devices without keys left out');
}

async function write(
  message: OutboundMessage,
  { socket, groups }: SendDeps,
  { isFresh }: { isFresh: boolean },
): Promise<void> {
  const form = await groups.formOf(message.chatJid);
  await socket.sock.relayMessage(message.chatJid, toProtoMessage(message, form), {
    messageId: message.id,
    ...(message.kind === 'edit' ? { additionalAttributes: { edit: '1' } } : {}),
    ...(isFresh ? { useUserDevicesCache: false, useCachedGroupMetadata: false } : {}),
  });
}

interface AckListener {
  readonly ack: Promise<BinaryNode>;
  /** The ack after the ones that came so far. */
  next(): Promise<BinaryNode>;
  stop(): void;
}

/** Listens from before the write on, since an ack may come before the write is known to be done. */
function listenForAck(id: string, { sock }: OpenSocket): AckListener {
  const event = `CB:ack,id:${id}`;
  let waiting = Promise.withResolvers<BinaryNode>();
  const { promise: ack } = waiting;
  const onAck = (node: BinaryNode) => {
    if (node.attrs['class'] === 'message') waiting.resolve(node);
  };
  sock.ws.on(event, onAck);
  return {
    ack,
    next() {
      waiting = Promise.withResolvers<BinaryNode>();
      return waiting.promise;
    },
    stop: () => void sock.ws.off(event, onAck),
  };
}

interface Interruption {
  /** Resolves when there is no more to wait for. */
  readonly outcome: Promise<SendOutcome>;
  startTimer(ms: number): void;
  stop(): void;
}

function interrupt({ ended }: OpenSocket, signal: AbortSignal): Interruption {
  const { promise: outcome, resolve } = Promise.withResolvers<SendOutcome>();
  const giveUp = (reason: string) => resolve({ status: 'unconfirmed', reason });
  const onAbort = () => giveUp('stopping');
  const onEnd = () => giveUp('the connection was lost');
  const timers: NodeJS.Timeout[] = [];
  if (signal.aborted) onAbort();
  if (ended.aborted) onEnd();
  signal.addEventListener('abort', onAbort, { once: true });
  ended.addEventListener('abort', onEnd, { once: true });
  return {
    outcome,
    startTimer(ms) {
      timers.push(setTimeout(() => giveUp('no answer from the server'), ms));
    },
    stop() {
      signal.removeEventListener('abort', onAbort);
      ended.removeEventListener('abort', onEnd);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
