import {
  type BinaryNode,
  type GroupMetadata,
  WAMessageAddressingMode,
  type WASocket,
} from '@whiskeysockets/baileys';
import type { Jid } from '../../core/message.ts';
import { isGroup, isLid, isPhone, toBareJid } from './identity.ts';
import { type ChatForm, PLAIN_FORM } from './outbound.ts';

interface GroupMember {
  /** The phone JID where it is known, else the LID. */
  readonly jid: Jid;
  readonly lid?: Jid;
  readonly isAdmin: boolean;
}

export interface GroupInfo {
  readonly jid: Jid;
  readonly subject: string;
  readonly members: readonly GroupMember[];
}

/**
 * What is known of groups over one connection. A stale member list would leave a new member unable to decrypt,
 * so anything the server notifies about a group drops what is known of it, at the moment the stanza arrives.
 */
export class GroupDirectory {
  readonly #sock: WASocket;
  readonly #known = new Map<Jid, Promise<GroupMetadata>>();
  #isCaughtUp = false;

  constructor(sock: WASocket) {
    this.#sock = sock;
    sock.ws.on('CB:notification,type:w:gp2', (node: BinaryNode) => this.forget(node.attrs['from']));
    // What happened to a group while we were away comes before this mark.
    sock.ws.on('CB:ib,,offline', () => {
      this.#isCaughtUp = true;
    });
  }

  forget(jid: string | undefined): void {
    const bare = toBareJid(jid);
    if (bare === undefined) this.#known.clear();
    else this.#known.delete(bare);
  }

  /** Asks the server unless it is known. Rejects when we are no member or the connection is lost. */
  find(jid: Jid): Promise<GroupMetadata> {
    const known = this.#known.get(jid);
    if (known !== undefined) return known;
    const asked = this.#sock.groupMetadata(jid);
    if (!this.#isCaughtUp) return asked;
    this.#known.set(jid, asked);
    asked.catch(() => {
      if (this.#known.get(jid) === asked) this.#known.delete(jid);
    });
    return asked;
  }

  async list(): Promise<GroupMetadata[]> {
    return Object.values(await this.#sock.groupFetchAllParticipating());
  }

  /** Rejects as `find` does. */
  async formOf(chatJid: Jid): Promise<ChatForm> {
    if (!isGroup(chatJid)) return PLAIN_FORM;
    const group = await this.find(chatJid);
    const lids = new Map(toGroupInfo(group).members.map((member) => [member.jid, member.lid]));
    const isLidGroup = group.addressingMode === WAMessageAddressingMode.LID;
    return {
      addressOf: (jid) => (isLidGroup ? (lids.get(jid) ?? jid) : jid),
      expirationSeconds: group.ephemeralDuration,
    };
  }
}

export function toGroupInfo(group: GroupMetadata): GroupInfo {
  return {
    jid: toBareJid(group.id) ?? group.id,
    subject: group.subject,
    members: group.participants.flatMap(({ id, lid, phoneNumber, admin }) => {
      const jids = [id, lid, phoneNumber].flatMap((jid) => toBareJid(jid) ?? []);
      const phone = jids.find(isPhone);
      const alias = jids.find(isLid);
      const jid = phone ?? alias;
      if (jid === undefined) return [];
      return [{ jid, ...(alias === undefined ? {} : { lid: alias }), isAdmin: admin != null }];
    }),
  };
}
