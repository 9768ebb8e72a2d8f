import { proto } from '@whiskeysockets/baileys';
import { describe, expect, test } from 'vitest';
import { PLAIN_FORM, toProtoMessage } from './outbound.ts';

const message = {
  kind: 'text' as const,
  id: '3EB0',
  chatJid: '1@g.us',
  text: 'hi @101 and @1011',
  mentions: [],
};
const form = { addressOf: (jid: string) => (jid === '101@s.whatsapp.net' ? '201@lid' : jid) };

describe('toProtoMessage', () => {
  test('plain text is the plainest message', () => {
    expect(toProtoMessage(message, PLAIN_FORM)).toEqual({ conversation: message.text });
  });

  test('a mention goes by its address in this chat, in the text as well, and hits no longer number', () => {
    const sent = toProtoMessage({ ...message, mentions: ['101@s.whatsapp.net'] }, form);
    expect(sent.extendedTextMessage).toEqual({
      text: 'hi @201 and @1011',
      contextInfo: { mentionedJid: ['201@lid'] },
    });
  });

  test('a quote names its author by their address in this chat', () => {
    const quoted = { id: 'Q', senderJid: '101@s.whatsapp.net', text: 'old' };
    const sent = toProtoMessage({ ...message, quoted }, form);
    expect(sent.extendedTextMessage?.contextInfo).toEqual({
      stanzaId: 'Q',
      participant: '201@lid',
      quotedMessage: { conversation: 'old' },
    });
  });

  test('in a chat whose messages disappear, this one does too', () => {
    const sent = toProtoMessage(message, { ...form, expirationSeconds: 86_400 });
    expect(sent.extendedTextMessage?.contextInfo).toEqual({ expiration: 86_400 });
  });

  test('a reaction to a member names the member, one to our own message does not', () => {
    const common = { kind: 'reaction', id: 'R', chatJid: '1@g.us', emoji: '👍', at: 7 } as const;
    const theirs = { ...common, target: { id: 'M', senderJid: '101@s.whatsapp.net' } };
    expect(toProtoMessage(theirs, form).reactionMessage).toEqual({
      key: { remoteJid: '1@g.us', fromMe: false, id: 'M', participant: '201@lid' },
      text: '👍',
      senderTimestampMs: 7,
    });
    const ours = toProtoMessage({ ...common, target: { id: 'O' } }, form);
    expect(ours.reactionMessage?.key).toEqual({ remoteJid: '1@g.us', fromMe: true, id: 'O' });
  });

  test('a file is not written before its upload is known', () => {
    const file = { kind: 'media', media: 'image', spoolName: 'x', mimetype: 'image/png' } as const;
    const media = { ...file, id: 'F', chatJid: '1@g.us' };
    expect(() => toProtoMessage(media, form)).toThrow('not uploaded');
  });

  test('a resend has the same bytes', () => {
    const quoted = { id: 'Q', senderJid: '101@s.whatsapp.net', text: 'old' };
    const encode = () =>
      proto.Message.encode(
        toProtoMessage({ ...message, quoted, mentions: ['101@s.whatsapp.net'] }, form),
      ).finish();
    expect(encode()).toEqual(encode());
  });
});
