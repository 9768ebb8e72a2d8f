import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { proto } from '@whiskeysockets/baileys';
import type { SimulatedPhone } from './phone.ts';

const { HistorySyncType } = proto.HistorySync;
const { Type } = proto.Message.ProtocolMessage;
const deflateAsync = promisify(deflate);

/**
 * What the owner's phone sends a newly linked device: an app-state key, then an empty history in
 * three parts. Without it a client waits 20 s before it shows anything.
 */
export async function sendFirstSync(
  owner: SimulatedPhone,
  people: SimulatedPhone[],
  now: number,
): Promise<void> {
  await owner.sendToCompanion(appStateKey(now));
  const parts: proto.IHistorySync[] = [
    { syncType: HistorySyncType.INITIAL_BOOTSTRAP, progress: 0, chunkOrder: 1 },
    {
      syncType: HistorySyncType.PUSH_NAME,
      pushnames: people.map(({ jid, name }) => ({ id: jid, pushname: name })),
    },
    { syncType: HistorySyncType.RECENT, progress: 100, chunkOrder: 1 },
  ];
  for (const part of parts) await owner.sendToCompanion(await historyPart(part));
}

function appStateKey(now: number): proto.IMessage {
  const fingerprint = { rawId: 1, currentIndex: 1, deviceIndexes: [0, 1] };
  const keyData = { keyData: randomBytes(32), fingerprint, timestamp: now };
  return {
    protocolMessage: {
      type: Type.APP_STATE_SYNC_KEY_SHARE,
      appStateSyncKeyShare: { keys: [{ keyId: { keyId: randomBytes(6) }, keyData }] },
    },
  };
}

async function historyPart(part: proto.IHistorySync): Promise<proto.IMessage> {
  const payload = await deflateAsync(proto.HistorySync.encode(part).finish());
  return {
    protocolMessage: {
      type: Type.HISTORY_SYNC_NOTIFICATION,
      historySyncNotification: {
        syncType: part.syncType as number,
        progress: part.progress ?? null,
        chunkOrder: part.chunkOrder ?? null,
        initialHistBootstrapInlinePayload: payload,
      },
    },
  };
}
