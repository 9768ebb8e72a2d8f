import type { BinaryNode } from '@whiskeysockets/baileys';
import type { PreKeyBundleInput } from 'whatsapp-rust-bridge';
import { bundleNodes, readPreKey, readSignedPreKey, registrationNode } from './bundle-nodes.ts';
import type { LinkedDevice } from './companion.ts';
import type { IqCall, IqContext } from './iq-handlers.ts';
import { deviceOf } from './jids.ts';
import { childElement, childElements, element, readBigEndian, requireBytes } from './nodes.ts';
import { IqError } from './protocol-error.ts';

/** Key counts, uploads and rotation of the companion, and the key bundles it asks for. */
export function answerEncrypt({ iq, context }: IqCall): BinaryNode[] {
  const { device } = context.companion;
  if (!device) throw new IqError(401, 'not-authorized');
  const request = childElement(iq, 'key');
  if (iq.attrs['type'] === 'get' && request) return [answerKeys(request, context)];
  if (childElement(iq, 'count')) {
    return [element('count', { value: String(device.oneTimePreKeys.length) })];
  }
  if (childElement(iq, 'digest')) {
    return [element('digest', {}, [registrationNode(device.registrationId)])];
  }
  const rotation = childElement(iq, 'rotate');
  if (rotation) device.signedPreKey = readSignedPreKey(childElement(rotation, 'skey'));
  else takeUpload(iq, device);
  return [];
}

function takeUpload(iq: BinaryNode, device: LinkedDevice): void {
  device.registrationId = readBigEndian(requireBytes(childElement(iq, 'registration'), 'id'));
  device.signedPreKey = readSignedPreKey(childElement(iq, 'skey'));
  const keys = childElements(childElement(iq, 'list'), 'key').map(readPreKey);
  device.oneTimePreKeys.push(...keys);
}

function answerKeys(request: BinaryNode, context: IqContext): BinaryNode {
  const users = childElements(request, 'user').map(({ attrs }) => {
    const jid = attrs['jid'] ?? '';
    const bundle = findBundle(jid, context);
    if (!bundle) {
      return element('user', { jid }, [element('error', { code: '406', text: 'not-acceptable' })]);
    }
    const content = [registrationNode(bundle.registrationId), ...bundleNodes(bundle)];
    return element('user', { jid }, content);
  });
  return element('list', {}, users);
}

/** In LID groups the companion asks for a key of its own device as well. */
function findBundle(jid: string, context: IqContext): PreKeyBundleInput | undefined {
  const phone = context.directory.phone(jid);
  if (!phone || context.faults.failKeyFetchFor.has(phone.lid)) return undefined;
  const number = deviceOf(jid);
  if (number === 0) return phone.engine.takeBundle();
  const { device } = context.companion;
  if (!device || phone !== context.owner() || number !== device.number) return undefined;
  return context.companion.takeBundle(device);
}
