import { jidDecode, WAJIDDomains } from '@whiskeysockets/baileys';
import type { WaKeyTable } from '../../../db/wa-keys.ts';
import { decodeKeyValue } from './key-codec.ts';
import type { KeyedMutex } from './keyed-mutex.ts';
import { jidToSignalAddress, type SignalAddress } from './signal-address.ts';

/**
 * A person's phone number and LID are two names for one session. It lives under the LID as soon as the
 * mapping is known, and every operation works on (and locks) that resolved address.
 */
export interface AddressResolver {
  resolve(jid: string): SignalAddress;
  /** Runs `work` with the resolved address locked, also when the mapping changes while it waits. */
  runExclusive<T>(jid: string, work: (address: SignalAddress) => Promise<T>): Promise<T>;
}

export function createAddressResolver(table: WaKeyTable, mutex: KeyedMutex): AddressResolver {
  const resolve = (jid: string) => jidToSignalAddress(findLidJid(table, jid) ?? jid);
  async function runExclusive<T>(jid: string, work: (address: SignalAddress) => Promise<T>) {
    for (;;) {
      const address = resolve(jid);
      const attempt = await mutex.runExclusive([address.id], async () =>
        resolve(jid).id === address.id ? { result: await work(address) } : undefined,
      );
      if (attempt) return attempt.result;
    }
  }
  return { resolve, runExclusive };
}

/** Only what is stored: no question goes to the server from inside a cryptographic operation. */
function findLidJid(table: WaKeyTable, jid: string): string | undefined {
  const decoded = jidDecode(jid);
  const isPhone = decoded?.domainType === WAJIDDomains.WHATSAPP;
  const isHosted = decoded?.domainType === WAJIDDomains.HOSTED;
  if (!decoded || (!isPhone && !isHosted)) return undefined;
  const stored = table.find('lid-mapping', decoded.user);
  const lidUser = stored === undefined ? undefined : decodeKeyValue('lid-mapping', stored);
  if (typeof lidUser !== 'string' || lidUser === '') return undefined;
  const device = decoded.device ? `:${decoded.device}` : '';
  return `${lidUser}${device}@${isHosted ? 'hosted.lid' : 'lid'}`;
}
