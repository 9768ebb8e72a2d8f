import type { GroupChat } from './group.ts';
import { userOf } from './jids.ts';
import type { SimulatedPhone } from './phone.ts';

/** Everyone and every group this WhatsApp knows. */
export class Directory {
  readonly phones: SimulatedPhone[] = [];
  readonly #byUser = new Map<string, SimulatedPhone>();
  readonly #groups = new Map<string, GroupChat>();

  addPhone(phone: SimulatedPhone): void {
    this.phones.push(phone);
    this.#byUser.set(userOf(phone.jid), phone);
    this.#byUser.set(userOf(phone.lid), phone);
  }

  addGroup(group: GroupChat): void {
    this.#groups.set(group.jid, group);
  }

  /** By phone-number JID or LID, with or without a device. */
  phone(jid: string): SimulatedPhone | undefined {
    return this.#byUser.get(userOf(jid));
  }

  group(jid: string): GroupChat | undefined {
    return this.#groups.get(jid);
  }

  groupsOf(phone: SimulatedPhone): GroupChat[] {
    return [...this.#groups.values()].filter((group) => group.members.includes(phone));
  }
}
