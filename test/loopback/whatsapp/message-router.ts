import type { BinaryNode } from '@whiskeysockets/baileys';
import type { LinkedDevice } from './companion.ts';
import type { Directory } from './directory.ts';
import { deviceOf, isGroupJid, userOf } from './jids.ts';
import { childElement, childElements, requireBytes } from './nodes.ts';
import type { SimulatedPhone } from './phone.ts';
import type { EncryptedMessage, EncryptedPart } from './phone-inbox.ts';

export interface RoutingDependencies {
  readonly directory: Directory;
  owner(): SimulatedPhone;
  /** Unix seconds. */
  now(): number;
}

/**
 * Hands a message stanza of the companion to the phones it is for.
 *
 * @returns an error code for the ack when the server must refuse it
 */
export function routeMessage(
  stanza: BinaryNode,
  device: LinkedDevice,
  dependencies: RoutingDependencies,
): string | undefined {
  const to = stanza.attrs['to'] ?? '';
  const recipients = findRecipients(stanza, to, dependencies);
  if (typeof recipients === 'string') return recipients;
  for (const phone of recipients) {
    const message = messageFor(phone, stanza, to, dependencies);
    if (message) void phone.receive(message, device);
  }
  return undefined;
}

/** A stanza with `participant` is a resend for that one member. */
function findRecipients(
  stanza: BinaryNode,
  to: string,
  dependencies: RoutingDependencies,
): SimulatedPhone[] | string {
  const { directory } = dependencies;
  const owner = dependencies.owner();
  if (isGroupJid(to)) {
    const group = directory.group(to);
    if (!group) return '404';
    if (!group.members.includes(owner)) return '403';
    const only = stanza.attrs['participant'];
    return group.members.filter((phone) => !only || phone === directory.phone(only));
  }
  const peer = directory.phone(to);
  if (!peer) return '404';
  return [...new Set([peer, owner])];
}

/** The parts a phone can use; undefined when a direct message brings none for it. */
function messageFor(
  phone: SimulatedPhone,
  stanza: BinaryNode,
  to: string,
  dependencies: RoutingDependencies,
): EncryptedMessage | undefined {
  const common = childElements(stanza, 'enc');
  const own = childElements(childElement(stanza, 'participants'), 'to')
    .filter(({ attrs }) => isAddressOf(phone, attrs['jid'] ?? ''))
    .flatMap((node) => childElements(node, 'enc'));
  const isForAll = isGroupJid(to) || phone === dependencies.directory.phone(to);
  const parts = [...own, ...(isForAll ? common : [])].map(readPart);
  if (parts.length === 0) return undefined;
  const identity = childElement(stanza, 'device-identity');
  return {
    id: stanza.attrs['id'] ?? '',
    address: to,
    recipient: stanza.attrs['recipient'],
    timestamp: dependencies.now(),
    parts,
    deviceIdentity: identity && requireBytes(identity, 'device identity'),
  };
}

function isAddressOf(phone: SimulatedPhone, jid: string): boolean {
  const user = userOf(jid);
  return deviceOf(jid) === 0 && (user === userOf(phone.jid) || user === userOf(phone.lid));
}

function readPart(node: BinaryNode): EncryptedPart {
  return { type: node.attrs['type'] ?? '', ciphertext: requireBytes(node, 'ciphertext') };
}
