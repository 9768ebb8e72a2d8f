import type { BinaryNode } from '@whiskeysockets/baileys';
import type { ClientConnection } from './client-connection.ts';
import type { Companion } from './companion.ts';
import type { Directory } from './directory.ts';
import type { FaultSwitches } from './faults.ts';
import { answerEncrypt } from './iq-encrypt.ts';
import { answerGroups } from './iq-groups.ts';
import { answerUsync } from './iq-usync.ts';
import { childElement, childElements, element } from './nodes.ts';
import type { SimulatedPhone } from './phone.ts';
import { IqError } from './protocol-error.ts';

export interface IqContext {
  readonly directory: Directory;
  readonly companion: Companion;
  readonly faults: FaultSwitches;
  owner(): SimulatedPhone;
  /** Hosts for media as `hostname:port`. */
  mediaHosts(): string[];
  answerLinkCode(connection: ClientConnection, request: BinaryNode): Promise<BinaryNode[]>;
  onActive(connection: ClientConnection): void;
  unlink(): void;
}

export type IqAnswer = BinaryNode[] | Promise<BinaryNode[]>;

export interface IqCall {
  readonly iq: BinaryNode;
  readonly connection: ClientConnection;
  readonly context: IqContext;
}

/** Seconds a client may keep the list of media hosts. */
const MEDIA_TTL_SECONDS = '3600';

const nothing = () => [];

/** Answers by namespace; each returns the content of the result or throws an IqError. */
const HANDLERS: Record<string, (call: IqCall) => IqAnswer> = {
  'w:p': nothing,
  encrypt: answerEncrypt,
  usync: answerUsync,
  'w:g2': answerGroups,
  passive: answerPassive,
  md: answerDevice,
  abt: () => [element('props', { protocol: '1', hash: 'loopback' })],
  blocklist: () => [element('list')],
  privacy: answerPrivacy,
  'w:sync:app:state': answerAppState,
  'w:m': answerMedia,
  'urn:xmpp:whatsapp:dirty': nothing,
  'w:stats': nothing,
  status: nothing,
  disappearing_mode: nothing,
  'w:profile:picture': () => {
    throw new IqError(404, 'item-not-found');
  },
};

/** @returns the content of the result; throws an IqError to refuse, undefined when nobody answers that */
export function answerIq(call: IqCall): IqAnswer | undefined {
  return HANDLERS[call.iq.attrs['xmlns'] ?? '']?.(call);
}

function answerPassive({ iq, connection, context }: IqCall): BinaryNode[] {
  if (childElement(iq, 'active')) context.onActive(connection);
  return [];
}

function answerDevice({ iq, connection, context }: IqCall): IqAnswer {
  const linkCode = childElement(iq, 'link_code_companion_reg');
  if (linkCode) return context.answerLinkCode(connection, linkCode);
  if (childElement(iq, 'remove-companion-device')) {
    context.unlink();
    return [];
  }
  throw new IqError(400, 'bad-request');
}

/** Everything visible to all; tokens handed over by the client are taken without a word. */
function answerPrivacy({ iq }: IqCall): BinaryNode[] {
  if (!childElement(iq, 'privacy')) return [];
  const names = ['readreceipts', 'last', 'online', 'profile', 'status', 'groupadd', 'calladd'];
  const categories = names.map((name) => element('category', { name, value: 'all' }));
  return [element('privacy', {}, categories)];
}

/** No collection ever has changes; patches of the client are accepted and forgotten. */
function answerAppState({ iq }: IqCall): BinaryNode[] {
  const collections = childElements(childElement(iq, 'sync'), 'collection').map(({ attrs }) =>
    element('collection', {
      name: attrs['name'],
      version: attrs['version'],
      type: 'result',
      has_more_patches: 'false',
    }),
  );
  return [element('sync', {}, collections)];
}

function answerMedia({ context }: IqCall): BinaryNode[] {
  const hosts = context
    .mediaHosts()
    .map((hostname) => element('host', { hostname, maxContentLengthBytes: '104857600' }));
  return [element('media_conn', { auth: 'loopback', ttl: MEDIA_TTL_SECONDS }, hosts)];
}
