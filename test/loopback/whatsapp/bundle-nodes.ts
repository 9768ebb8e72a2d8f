import type { BinaryNode } from '@whiskeysockets/baileys';
import type {
  PreKeyBundleInput,
  PreKeyPublicKey,
  SignedPreKeyPublicKey,
} from 'whatsapp-rust-bridge';
import { childElement, element, readBigEndian, requireBytes, writeBigEndian } from './nodes.ts';
import { bareKey, prefixedKey } from './noise.ts';

/** Signal's curve, as the `type` node and the first byte of prefixed keys name it. */
const CURVE_TYPE = Buffer.from([5]);

export function readPreKey(node: BinaryNode): PreKeyPublicKey {
  return {
    keyId: readBigEndian(requireBytes(childElement(node, 'id'), 'key id')),
    publicKey: prefixedKey(requireBytes(childElement(node, 'value'), 'key value')),
  };
}

export function readSignedPreKey(node: BinaryNode | undefined): SignedPreKeyPublicKey {
  if (!node) throw new Error('signed pre-key is missing');
  const signature = requireBytes(childElement(node, 'signature'), 'key signature');
  return { ...readPreKey(node), signature };
}

/** The bundle a retry receipt may carry in `keys`. */
export function readRetryBundle(receipt: BinaryNode): PreKeyBundleInput | undefined {
  const keys = childElement(receipt, 'keys');
  if (!keys) return undefined;
  const preKey = childElement(keys, 'key');
  return {
    registrationId: readBigEndian(
      requireBytes(childElement(receipt, 'registration'), 'registration'),
    ),
    identityKey: prefixedKey(requireBytes(childElement(keys, 'identity'), 'identity')),
    preKey: preKey && readPreKey(preKey),
    signedPreKey: readSignedPreKey(childElement(keys, 'skey')),
  };
}

export function registrationNode(registrationId: number): BinaryNode {
  return element('registration', {}, writeBigEndian(registrationId, 4));
}

/** type, identity, skey and, when there is one, key. */
export function bundleNodes(bundle: PreKeyBundleInput): BinaryNode[] {
  const { signedPreKey, preKey } = bundle;
  const nodes = [
    element('type', {}, CURVE_TYPE),
    element('identity', {}, bareKey(bundle.identityKey)),
    element('skey', {}, [
      ...keyNodes(signedPreKey),
      element('signature', {}, Buffer.from(signedPreKey.signature)),
    ]),
  ];
  if (preKey) nodes.push(element('key', {}, keyNodes(preKey)));
  return nodes;
}

function keyNodes(key: PreKeyPublicKey): BinaryNode[] {
  return [
    element('id', {}, writeBigEndian(key.keyId, 3)),
    element('value', {}, bareKey(key.publicKey)),
  ];
}
