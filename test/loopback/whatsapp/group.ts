import { randomBytes } from 'node:crypto';
import type { BinaryNode } from '@whiskeysockets/baileys';
import { userOf } from './jids.ts';
import { element } from './nodes.ts';
import type { SimulatedPhone } from './phone.ts';
import type { AddressingMode, Group } from './types.ts';

export interface GroupDependencies {
  /** Queues a stanza for the companion. */
  notify(stanza: BinaryNode): void;
  /** Unix seconds. */
  now(): number;
}

export interface GroupInit {
  jid: string;
  subject: string;
  addressingMode: AddressingMode;
  owner: SimulatedPhone;
  members: SimulatedPhone[];
}

export class GroupChat implements Group {
  readonly jid: string;
  addressingMode: AddressingMode;
  readonly #members: SimulatedPhone[];
  readonly #owner: SimulatedPhone;
  readonly #creator: SimulatedPhone;
  readonly #createdAt: number;
  readonly #dependencies: GroupDependencies;
  #subject: string;

  constructor(init: GroupInit, dependencies: GroupDependencies) {
    this.jid = init.jid;
    this.addressingMode = init.addressingMode;
    this.#subject = init.subject;
    this.#owner = init.owner;
    this.#members = [...new Set([...init.members, init.owner])];
    this.#creator = this.#members[0] ?? init.owner;
    this.#dependencies = dependencies;
    this.#createdAt = dependencies.now();
    this.#notify(element('create', {}, [this.toNode()]));
  }

  get subject(): string {
    return this.#subject;
  }

  get members(): readonly SimulatedPhone[] {
    return this.#members;
  }

  get hasOwner(): boolean {
    return this.#members.includes(this.#owner);
  }

  /** The JID a person goes by in this group. */
  participantJid(phone: SimulatedPhone): string {
    return this.addressingMode === 'lid' ? phone.lid : phone.jid;
  }

  /** Attributes that name the author of a stanza from this group. */
  authorAttrs(phone: SimulatedPhone): Record<string, string> {
    const mode = this.addressingMode;
    const author = { participant: this.participantJid(phone), addressing_mode: mode };
    if (phone.isOtherJidHidden) return author;
    const other = mode === 'lid' ? { participant_pn: phone.jid } : { participant_lid: phone.lid };
    return { ...author, ...other };
  }

  add(phone: SimulatedPhone): void {
    if (this.#members.includes(phone)) return;
    this.#members.push(phone);
    this.#notify(element('add', {}, [this.#participantNode(phone)]));
  }

  /** Members renew their sender keys afterwards, as real phones do. */
  remove(phone: SimulatedPhone): void {
    const index = this.#members.indexOf(phone);
    if (index < 0) return;
    const node = element('remove', {}, [this.#participantNode(phone)]);
    this.#members.splice(index, 1);
    for (const member of [...this.#members, phone]) member.forgetGroup(this.jid);
    if (phone === this.#owner) this.#send(node);
    else this.#notify(node);
  }

  rename(subject: string): void {
    this.#subject = subject;
    this.#notify(
      element('subject', {
        subject,
        s_o: this.participantJid(this.#creator),
        s_t: String(this.#dependencies.now()),
      }),
    );
  }

  /** The `group` node of metadata answers. */
  toNode(): BinaryNode {
    const creator = this.participantJid(this.#creator);
    const createdAt = String(this.#createdAt);
    return element(
      'group',
      {
        id: userOf(this.jid),
        addressing_mode: this.addressingMode,
        subject: this.#subject,
        s_o: creator,
        s_t: createdAt,
        creation: createdAt,
        creator,
        creator_pn: this.addressingMode === 'lid' ? this.#creator.jid : undefined,
        size: String(this.#members.length),
      },
      this.#members.map((phone) => this.#participantNode(phone)),
    );
  }

  #participantNode(phone: SimulatedPhone): BinaryNode {
    const other = this.addressingMode === 'lid' ? { phone_number: phone.jid } : { lid: phone.lid };
    const type = phone === this.#creator ? 'superadmin' : undefined;
    return element('participant', { jid: this.participantJid(phone), ...other, type });
  }

  #notify(change: BinaryNode): void {
    if (this.hasOwner) this.#send(change);
  }

  #send(change: BinaryNode): void {
    this.#dependencies.notify(
      element(
        'notification',
        {
          from: this.jid,
          type: 'w:gp2',
          id: randomBytes(8).toString('hex').toUpperCase(),
          t: String(this.#dependencies.now()),
          notify: this.#creator.name,
          ...this.authorAttrs(this.#creator),
        },
        [change],
      ),
    );
  }
}
