import { mayAsk, mayCommand } from '../../../src/core/access.ts';
import { readChatCommand } from '../../../src/core/chat-command.ts';
import { type RegisteredGroup, registeredGroupSchema } from '../../../src/core/group.ts';
import type { InboundMessage } from '../../../src/core/message.ts';
import { decideTrigger, isTriggerNamed } from '../../../src/core/trigger.ts';
import { joinFields, splitFields } from '../fields.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';

const OWN = ['4915100000000@s.whatsapp.net', '7700@lid'];
const FRIEND = '4915111111111@s.whatsapp.net';
const STRANGER = '4915122222222@s.whatsapp.net';

/** The pattern of a word that was never seen takes a millisecond to make: seven of eight inputs use one of these. */
const WORDS = ['Andy', '@Andy', 'アンディ', 'C++', 'é', 'straße'] as const;

/** What a member writes and calls themselves, under any trigger word that a registration may name. */
export const triggerTarget: FuzzTarget = {
  name: 'trigger',
  corpus: [
    joinFields('@Andy what is the weather?', 'Andy', 'Ana', STRANGER),
    joinFields('Hey @Andy, are you there', '@Andy', 'Andy', FRIEND),
    joinFields('mail me@andy.org', 'andy', FRIEND, FRIEND),
    joinFields('@アンディ こんにちは', 'アンディ', 'あな', STRANGER),
    joinFields('/login codex', 'C++', 'admin', OWN[0] ?? ''),
    joinFields('@andy sign in with chatgpt', 'é', '@Andy', STRANGER),
  ],
  tokens: [
    '@',
    '@Andy',
    'Andy',
    '@andy',
    '@7700',
    OWN[1] ?? '',
    '.',
    '-',
    '_',
    ' ',
    '(',
    '[a-z]',
    '\\b',
    '.*',
    '$',
    '^',
    '/login codex',
    'K',
    'ſ',
    'İ',
  ],
  maxBytes: 16_384,
  check(input) {
    const [text = '', given = '', name = '', sender = ''] = splitFields(input, 4);
    const word = input.length % 8 === 0 ? given : (WORDS[input.length % WORDS.length] ?? given);
    const registration = { jid: '1@g.us', name: 'G', folder: 'g', trigger: word };
    const parsed = registeredGroupSchema.safeParse({
      ...registration,
      senders: { allow: [FRIEND] },
    });
    if (!parsed.success) return;
    const message = messageOf({ text, senderName: name, senderJid: sender });
    demandWords(text, parsed.data, message);
    demandIdentity(parsed.data, message);
  },
};

function messageOf(
  parts: Pick<InboundMessage, 'text' | 'senderName' | 'senderJid'>,
): InboundMessage {
  return {
    ...parts,
    chatJid: '1@g.us',
    id: 'A1',
    sentAt: 1_763_000_000_000,
    isFromMe: false,
    isGroup: true,
    mentions: [],
  };
}

function demandWords(text: string, group: RegisteredGroup, message: InboundMessage): void {
  const context = { assistantName: 'Andy', ownJids: OWN, isQuoteOfOurs: false };
  const decision = decideTrigger(message, group, context);
  const word = (group.trigger ?? '').replace(/^@/, '');
  if (text.trim() === '') demand(decision === 'empty', 'a blank message asks for something');
  if (!text.includes('@')) demand(decision !== 'name', 'the name is called without an @');
  demand(isTriggerNamed(`${text} @${word} `, word), 'the word between spaces is not heard');
  demand(
    readChatCommand(message, group, context) === undefined,
    'a command outside the main group',
  );
}

function demandIdentity(group: RegisteredGroup, message: InboundMessage): void {
  const { senderJid } = message;
  const main = { ...group, isMain: true, admins: [FRIEND] };
  demand(mayAsk(group, message) === (senderJid === FRIEND), 'somebody who is not named may ask');
  demand(
    mayCommand(main, message) === (senderJid === FRIEND),
    'somebody who is not named may command',
  );
}
