import { hkdfSync, randomBytes } from 'node:crypto';
import { aesEncryptGCM, type BinaryNode, proto } from '@whiskeysockets/baileys';
import { childElement, element } from './nodes.ts';

/**
 * The phone's answer to a client that asks for an expired file again (receipt `server-error`).
 *
 * @param upload where the file now lies; undefined when the phone has it no more
 */
export function mediaRetryNotification(
  receipt: BinaryNode,
  from: string,
  upload: { directPath: string; mediaKey: Uint8Array } | undefined,
): BinaryNode {
  const id = receipt.attrs['id'] ?? '';
  const attrs = { from, type: 'mediaretry', id };
  const rmr = element('rmr', childElement(receipt, 'rmr')?.attrs ?? {});
  if (!upload) return element('notification', attrs, [element('error', { code: '2' }), rmr]);
  const key = new Uint8Array(
    hkdfSync('sha256', upload.mediaKey, '', 'WhatsApp Media Retry Notification', 32),
  );
  const iv = randomBytes(12);
  const plain = proto.MediaRetryNotification.encode({
    stanzaId: id,
    directPath: upload.directPath,
    result: proto.MediaRetryNotification.ResultType.SUCCESS,
  }).finish();
  const sealed = aesEncryptGCM(plain, key, iv, Buffer.from(id));
  return element('notification', attrs, [
    element('encrypt', {}, [element('enc_p', {}, sealed), element('enc_iv', {}, iv)]),
    rmr,
  ]);
}
