import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import {
  encodeWAMessage,
  makeCacheableSignalKeyStore,
  type SignalRepositoryWithLIDStore,
  useMultiFileAuthState,
} from '@whiskeysockets/baileys';
import {
  type OwnDevice,
  openOwnDevice,
  receiveStanza,
} from '../src/channels/whatsapp/signal/own-device.fixture.ts';
import { createStockPhone, silent } from '../src/channels/whatsapp/signal/stock-phone.fixture.ts';

const group = '120363000000000001@g.us';
const authors = Array.from({ length: 10 }, (_, index) => `${9001 + index}@lid`);
const warmUp = 20;
const messages = 300;

interface GroupMessage {
  readonly author: string;
  readonly ciphertext: Uint8Array;
}

type Decrypt = (message: GroupMessage, index: number) => Promise<unknown>;

async function writeBurst(members: SignalRepositoryWithLIDStore): Promise<GroupMessage[]> {
  const burst: GroupMessage[] = [];
  for (let index = 0; index < warmUp + messages; index++) {
    const author = authors[index % authors.length] ?? '';
    const data = encodeWAMessage({ conversation: 'x'.repeat(20 + ((index * 37) % 581)) });
    const { ciphertext } = await members.encryptGroupMessage({ group, meId: author, data });
    burst.push({ author, ciphertext: Buffer.from(ciphertext) });
  }
  return burst;
}

/** Every member's key as it was before the first message. */
async function distributeKeys(
  members: SignalRepositoryWithLIDStore,
  receivers: readonly SignalRepositoryWithLIDStore[],
): Promise<void> {
  for (const author of authors) {
    const key = await members.getSenderKeyDistributionMessage({ group, meId: author });
    const item = { groupId: group, axolotlSenderKeyDistributionMessage: key };
    for (const receiver of receivers) {
      await receiver.processSenderKeyDistributionMessage({ item, authorJid: author });
    }
  }
}

async function measurePerSecond(burst: readonly GroupMessage[], decrypt: Decrypt): Promise<number> {
  let startedAt = performance.now();
  for (const [index, message] of burst.entries()) {
    if (index === warmUp) startedAt = performance.now();
    await decrypt(message, index);
  }
  return messages / ((performance.now() - startedAt) / 1000);
}

function createOwnDecrypt({ journal, repository }: OwnDevice): Decrypt {
  return ({ author, ciphertext }, index) => {
    const attrs = { from: group, participant: author, id: `3EB0${index}`, t: '1700000000' };
    receiveStanza(journal, attrs, [{ type: 'skmsg', ciphertext }]);
    return repository.decryptGroupMessage({ group, authorJid: author, msg: ciphertext });
  };
}

async function measure() {
  const folder = mkdtempSync(path.join(tmpdir(), 'deckhand-bench-'));
  using own = openOwnDevice(path.join(folder, 'own.db'));
  using members = openOwnDevice(path.join(folder, 'members.db'));
  const files = await useMultiFileAuthState(path.join(folder, 'stock'));
  const stock = createStockPhone(makeCacheableSignalKeyStore(files.state.keys, silent));
  await distributeKeys(members.repository, [own.repository, stock.repository]);
  const burst = await writeBurst(members.repository);
  const ownPerSecond = await measurePerSecond(burst, createOwnDecrypt(own));
  const stockPerSecond = await measurePerSecond(burst, ({ author, ciphertext }) =>
    stock.repository.decryptGroupMessage({ group, authorJid: author, msg: ciphertext }),
  );
  stock.repository.close?.();
  rmSync(folder, { recursive: true });
  return { ownPerSecond, stockPerSecond, ratio: ownPerSecond / stockPerSecond, messages };
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(await measure());
