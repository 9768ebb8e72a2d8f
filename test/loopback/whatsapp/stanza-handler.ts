import type { BinaryNode } from '@whiskeysockets/baileys';
import type { ClientConnection } from './client-connection.ts';
import type { Companion } from './companion.ts';
import { increment } from './counts.ts';
import type { Delivery } from './delivery.ts';
import type { FaultSwitches } from './faults.ts';
import { answerIq, type IqContext } from './iq-handlers.ts';
import { isGroupJid, userOf } from './jids.ts';
import { routeMessage } from './message-router.ts';
import { childElement, childElements, element } from './nodes.ts';
import type { Pairing } from './pairing.ts';
import { IqError } from './protocol-error.ts';
import type { Counts } from './types.ts';

export interface StanzaDependencies extends IqContext {
  readonly counts: Counts;
  readonly delivery: Delivery;
  readonly pairing: Pairing;
  readonly companion: Companion;
  readonly faults: FaultSwitches;
  /** Unix seconds. */
  now(): number;
  /** The client gave something that could not be worked with. */
  onFailure(this: void, error: unknown): void;
  /** Runs later, unless the server closes before. */
  delay(ms: number, task: () => void): void;
}

/** Stanzas that tell the server something it needs no answer for. */
const IGNORED = new Set(['ib', 'call']);

/** Handles what a client sends once its connection is encrypted. */
export function createStanzaHandler(dependencies: StanzaDependencies) {
  const { counts, delivery, faults, companion } = dependencies;

  async function handleIq(connection: ClientConnection, iq: BinaryNode): Promise<void> {
    if (iq.attrs['type'] === 'result' || iq.attrs['type'] === 'error') {
      dependencies.pairing.finish(connection, iq);
      return;
    }
    const xmlns = iq.attrs['xmlns'] ?? '';
    increment(counts.iqs, xmlns);
    if (faults.silentIqs.has(xmlns)) return;
    const attrs = { from: iq.attrs['to'] ?? 's.whatsapp.net', id: iq.attrs['id'] };
    try {
      const content = await answerIq({ iq, connection, context: dependencies });
      if (!content) {
        counts.unhandled.push(`iq ${xmlns}`);
        throw new IqError(501, 'feature-not-implemented');
      }
      connection.send(element('iq', { ...attrs, type: 'result' }, content));
    } catch (error) {
      if (!(error instanceof IqError)) throw error;
      const failure = element('error', { code: String(error.code), text: error.message });
      connection.send(element('iq', { ...attrs, type: 'error' }, [failure]));
    }
  }

  function handleMessage(connection: ClientConnection, stanza: BinaryNode): void {
    const { device } = companion;
    counts.messagesReceived += 1;
    if (faults.take('dropBeforeMessage')) return connection.drop();
    if (!device || faults.take('loseMessages')) return;
    const error = faults.ackError ?? routeMessage(stanza, device, dependencies);
    if (faults.take('dropBeforeAck')) return connection.drop();
    if (faults.take('dropAcks')) {
      counts.acksDropped += 1;
      return;
    }
    const { id, to: from, participant } = stanza.attrs;
    const t = String(dependencies.now());
    const ack = element('ack', { class: 'message', id, from, participant, t, error });
    const send = () => {
      counts.acksSent += 1;
      if (faults.take('closeAfterAck')) connection.end(ack);
      else connection.send(ack);
    };
    if (faults.ackDelayMs > 0) dependencies.delay(faults.ackDelayMs, send);
    else send();
  }

  /** A client could not download a file and asks its sender for it. */
  function answerMediaRetry(receipt: BinaryNode): void {
    const rmr = childElement(receipt, 'rmr')?.attrs;
    const sender = dependencies.directory.phone(rmr?.['participant'] ?? rmr?.['jid'] ?? '');
    sender?.answerMediaRetry(receipt);
  }

  function handleReceipt(connection: ClientConnection, receipt: BinaryNode): void {
    const { id, to, participant, type } = receipt.attrs;
    if (type === 'server-error') return answerMediaRetry(receipt);
    increment(counts.receipts, type ?? 'delivered');
    const list = childElements(receipt, 'list').flatMap((node) => childElements(node, 'item'));
    const ids = [id, ...list.map(({ attrs }) => attrs['id'])];
    const sender = dependencies.directory.phone(participant ?? to ?? '');
    const chat = isGroupJid(to ?? '') ? (to ?? '') : dependencies.owner().jid;
    for (const each of ids) {
      const name = { tag: 'message', from: to, participant, id: each };
      if (type === 'retry') delivery.expectRefusal(name);
      else delivery.settle(name);
      sender?.noteReceipt({ id: each ?? '', chat, type: type ?? 'delivered' });
    }
    connection.send(element('ack', { class: 'receipt', id, from: to, participant, type }));
    if (type !== 'retry' || faults.take('loseRetries')) return;
    sender?.resend(receipt).catch(dependencies.onFailure);
  }

  function handleAck({ attrs }: BinaryNode): void {
    counts.acksReceived += 1;
    const { id, to, participant, type } = attrs;
    const name = { tag: attrs['class'] ?? '', from: to, participant, id, type };
    if (attrs['error'] === undefined) delivery.settle(name);
    else delivery.refuse(name);
  }

  function handleChatState({ attrs, content }: BinaryNode): void {
    const to = attrs['to'] ?? '';
    const state = Array.isArray(content) ? content[0] : undefined;
    if (!state) return;
    const from = dependencies.owner().jid;
    const group = dependencies.directory.group(to);
    const readers = group?.members ?? [dependencies.directory.phone(to)];
    const isRecording = state.attrs['media'] === 'audio';
    const shown = isRecording ? 'recording' : state.tag === 'composing' ? 'composing' : 'paused';
    for (const phone of readers) {
      if (phone && userOf(phone.jid) !== userOf(from)) {
        phone.noteTyping({ chat: group?.jid ?? from, from, state: shown });
      }
    }
  }

  return async function handleStanza(connection: ClientConnection, node: BinaryNode) {
    switch (node.tag) {
      case 'iq':
        return handleIq(connection, node);
      case 'message':
        return handleMessage(connection, node);
      case 'receipt':
        return handleReceipt(connection, node);
      case 'ack':
        return handleAck(node);
      case 'chatstate':
        return handleChatState(node);
      case 'presence':
        return increment(counts.presences, node.attrs['type'] ?? 'name');
      default:
        if (!IGNORED.has(node.tag)) counts.unhandled.push(node.tag);
        return undefined;
    }
  };
}
