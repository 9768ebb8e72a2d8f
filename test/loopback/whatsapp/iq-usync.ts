import type { BinaryNode } from '@whiskeysockets/baileys';
import type { IqCall, IqContext } from './iq-handlers.ts';
import { phoneNumberJid } from './jids.ts';
import { childElement, childElements, element } from './nodes.ts';
import type { SimulatedPhone } from './phone.ts';

/** Who exists (contact), under which LID (lid), with which devices (devices). */
export function answerUsync({ iq, context }: IqCall): BinaryNode[] {
  const request = childElement(iq, 'usync');
  const protocols = childElements(childElement(request, 'query')).map(({ tag }) => tag);
  const users = childElements(childElement(request, 'list'), 'user').map((user) =>
    describeUser(user, protocols, context),
  );
  return [element('usync', {}, [element('result'), element('list', {}, users)])];
}

function describeUser(user: BinaryNode, protocols: string[], context: IqContext): BinaryNode {
  const jid = user.attrs['jid'] ?? contactJid(user);
  const phone = context.directory.phone(jid);
  const answers = protocols.flatMap((protocol) => {
    if (protocol === 'contact') return [element('contact', { type: phone ? 'in' : 'out' })];
    if (!phone) return [];
    if (protocol === 'lid' && !jid.endsWith('@lid')) return [element('lid', { val: phone.lid })];
    if (protocol === 'devices') return [devicesOf(phone, context)];
    return [];
  });
  return element('user', { jid }, answers);
}

/** `+15550100` in the user's own contact node. */
function contactJid(user: BinaryNode): string {
  const content = childElement(user, 'contact')?.content;
  const number = Array.isArray(content) ? '' : Buffer.from(content ?? '').toString('utf8');
  return phoneNumberJid(number.replace('+', ''));
}

function devicesOf(phone: SimulatedPhone, context: IqContext): BinaryNode {
  const devices = [element('device', { id: '0' })];
  const { device } = context.companion;
  if (device && phone === context.owner()) {
    const number = String(device.number);
    devices.push(element('device', { id: number, 'key-index': number }));
  }
  return element('devices', {}, [element('device-list', {}, devices)]);
}
