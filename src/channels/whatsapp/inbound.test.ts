import { proto, type WAMessage } from '@whiskeysockets/baileys';
import { describe, expect, test } from 'vitest';
import { peopleOf, readInbound } from './inbound.ts';

const OWN = { phone: '100@s.whatsapp.net', lid: '200@lid' };
const context = {
  own: OWN,
  findOther: (jid: string) => (jid === '201@lid' ? '101@s.whatsapp.net' : undefined),
  receivedAt: 5_000,
};

function inGroup(message: proto.IMessage, key: Partial<WAMessage['key']> = {}): WAMessage {
  return {
    key: { remoteJid: '1-2@g.us', participant: '201@lid', fromMe: false, id: 'A1', ...key },
    pushName: 'Ann',
    messageTimestamp: 1_700_000_000,
    message,
  };
}

function read(wa: WAMessage) {
  const result = readInbound(wa, context);
  if (result.kind !== 'message') throw new Error(`${result.kind}: ${result.reason}`);
  return result.message;
}

describe('who wrote it', () => {
  test('the phone JID that the stanza names stands before the LID', () => {
    const message = read(inGroup({ conversation: 'x' }, { participantAlt: '109@s.whatsapp.net' }));
    expect(message).toMatchObject({ senderJid: '109@s.whatsapp.net', senderAltJid: '201@lid' });
  });

  test('else the phone JID that is known of the LID', () => {
    const message = read(inGroup({ conversation: 'x' }));
    expect(message).toMatchObject({ senderJid: '101@s.whatsapp.net', senderAltJid: '201@lid' });
  });

  test('else the LID itself', () => {
    const message = read(inGroup({ conversation: 'x' }, { participant: '299:3@lid' }));
    expect(message.senderJid).toBe('299@lid');
    expect(message).not.toHaveProperty('senderAltJid');
  });

  test('devices, letter case and hosted servers make no other person', () => {
    for (const participant of [
      '101:4@s.whatsapp.net',
      '101@S.WhatsApp.net',
      '101_1:4@hosted',
      '101@c.us',
    ]) {
      expect(read(inGroup({ conversation: 'x' }, { participant })).senderJid).toBe(
        '101@s.whatsapp.net',
      );
    }
  });

  test('whoever has no name goes by their number', () => {
    const { pushName: _, ...wa } = inGroup({ conversation: 'x' });
    expect(read(wa).senderName).toBe('101');
  });

  test('in what we send directly from the phone, the chat is the other person', () => {
    const key = { remoteJid: '201@lid', participant: '', fromMe: true };
    for (const remoteJidAlt of ['101@s.whatsapp.net', '100@s.whatsapp.net']) {
      const message = read(inGroup({ conversation: 'x' }, { ...key, remoteJidAlt }));
      expect(message).toMatchObject({
        chatJid: '101@s.whatsapp.net',
        senderJid: OWN.phone,
        isFromMe: true,
      });
    }
  });
});

test('what we write in a group from the phone is ours, and in a chat with ourselves too', () => {
  const group = read(inGroup({ conversation: 'x' }, { participant: '', fromMe: true }));
  expect(group).toMatchObject({ senderJid: OWN.phone, isFromMe: true });
  const own = { remoteJid: OWN.phone, participant: '', fromMe: true };
  expect(read(inGroup({ conversation: 'x' }, own))).toMatchObject({
    chatJid: OWN.phone,
    senderJid: OWN.phone,
  });
});

test('a business goes by its verified name, and a direct message is a chat with its author', () => {
  const { pushName: _, ...wa } = inGroup({ conversation: 'x' }, { remoteJid: '201@lid' });
  expect(read({ ...wa, verifiedBizName: ' Shop ' })).toMatchObject({
    senderName: 'Shop',
    chatJid: '101@s.whatsapp.net',
    senderJid: '101@s.whatsapp.net',
    isGroup: false,
  });
});

test('a quote without an author or a text that can be read keeps its id', () => {
  const contextInfo = { stanzaId: 'Q1', quotedMessage: { pinInChatMessage: {} } };
  const wa = inGroup({ extendedTextMessage: { text: 'x', contextInfo } });
  expect(read(wa).quoted).toEqual({ id: 'Q1', text: '' });
});

test('a file comes along with its message', () => {
  const imageMessage = {
    mediaKey: Uint8Array.of(1),
    fileSha256: Uint8Array.of(2),
    url: 'https://x',
  };
  expect(read(inGroup({ imageMessage })).media).toMatchObject({ kind: 'image' });
});

describe('what it says', () => {
  test.each<[string, proto.IMessage, string]>([
    ['plain text', { conversation: 'hi' }, 'hi'],
    ['extended text', { extendedTextMessage: { text: 'hi' } }, 'hi'],
    ['ephemeral', { ephemeralMessage: { message: { conversation: 'hi' } } }, 'hi'],
    [
      'view once in ephemeral',
      { ephemeralMessage: { message: { viewOnceMessageV2: { message: { imageMessage: {} } } } } },
      '[image]',
    ],
    ['an edited wrapper', { editedMessage: { message: { conversation: 'hi' } } }, 'hi'],
    ['an image', { imageMessage: { caption: 'cat' } }, '[image] cat'],
    ['a video', { videoMessage: {} }, '[video]'],
    ['a gif', { videoMessage: { gifPlayback: true, caption: 'lol' } }, '[gif] lol'],
    ['a voice message', { audioMessage: { ptt: true } }, '[voice message]'],
    ['a sticker', { stickerMessage: {} }, '[sticker]'],
    [
      'a captioned document',
      {
        documentWithCaptionMessage: {
          message: { documentMessage: { fileName: 'a.pdf', caption: 'read' } },
        },
      },
      '[document: a.pdf] read',
    ],
    ['a contact', { contactMessage: { displayName: 'Bob' } }, '[contact: Bob]'],
    [
      'a place',
      { locationMessage: { degreesLatitude: 1.5, degreesLongitude: 2, name: 'Home' } },
      '[location: Home, 1.5, 2]',
    ],
    [
      'a poll',
      {
        pollCreationMessageV3: {
          name: 'When?',
          options: [{ optionName: 'now' }, { optionName: 'later' }],
        },
      },
      '[poll: When?]\n- now\n- later',
    ],
  ])('%s', (_title, message, text) => {
    expect(read(inGroup(message)).text).toBe(text);
  });

  test('quotes and mentions of media come along', () => {
    const contextInfo = {
      stanzaId: 'Q1',
      participant: '200:5@lid',
      quotedMessage: { imageMessage: { caption: 'old' } },
      mentionedJid: ['201@lid', '200@lid', 'nonsense'],
    };
    expect(read(inGroup({ imageMessage: { caption: 'new', contextInfo } }))).toMatchObject({
      quoted: { id: 'Q1', senderJid: OWN.phone, text: '[image] old' },
      mentions: ['101@s.whatsapp.net', OWN.phone],
    });
  });

  test('the time is in milliseconds, and ours where there is none', () => {
    expect(read(inGroup({ conversation: 'x' })).sentAt).toBe(1_700_000_000_000);
    expect(read({ ...inGroup({ conversation: 'x' }), messageTimestamp: null }).sentAt).toBe(5_000);
  });
});

test('what is longer than any phone writes is cut: its text, its name and its mentions', () => {
  const mentionedJid = Array.from({ length: 1_025 }, (_, index) => `${index}@s.whatsapp.net`);
  const text = `${'x'.repeat(65_535)}😀`;
  const wa = inGroup({ extendedTextMessage: { text, contextInfo: { mentionedJid } } });
  const message = read({ ...wa, pushName: 'n'.repeat(101) });
  expect(message.text).toBe(`${'x'.repeat(65_535)}\uFFFD`);
  expect(message.senderName).toBe('n'.repeat(100));
  expect(message.mentions).toHaveLength(1_024);
});

test('what is longer than any phone makes it is left out: the id and the author of a quote', () => {
  const quote = (contextInfo: proto.IContextInfo) =>
    read(inGroup({ extendedTextMessage: { text: 'x', contextInfo } })).quoted;
  expect(quote({ stanzaId: 'A'.repeat(129) })).toBeUndefined();
  const participant = `${'1'.repeat(200)}@lid`;
  expect(quote({ stanzaId: 'A'.repeat(128), participant })).toEqual({
    id: 'A'.repeat(128),
    text: '',
  });
});

describe('what is no message', () => {
  const type = proto.Message.ProtocolMessage.Type.REVOKE;
  test.each<[string, WAMessage]>([
    ['status', inGroup({ conversation: 'x' }, { remoteJid: 'status@broadcast' })],
    ['chat of newsletter', inGroup({ conversation: 'x' }, { remoteJid: '1@newsletter' })],
    ['chat of broadcast', inGroup({ conversation: 'x' }, { remoteJid: '1@broadcast' })],
    ['no author', inGroup({ conversation: 'x' }, { participant: '' })],
    ['no id', inGroup({ conversation: 'x' }, { id: '' })],
    ['id too long', inGroup({ conversation: 'x' }, { id: 'A'.repeat(129) })],
    ['no chat', inGroup({ conversation: 'x' }, { remoteJid: null })],
    ['protocol message', inGroup({ protocolMessage: { type } })],
    ['reaction', inGroup({ reactionMessage: { text: '👍' } })],
    ['content pinInChatMessage', inGroup({ pinInChatMessage: {} })],
    ['no content', inGroup({ senderKeyDistributionMessage: { groupId: '1-2@g.us' } })],
    ['empty', inGroup({ conversation: ' ' })],
  ])('%s', (reason, wa) => {
    expect(readInbound(wa, context)).toEqual({ kind: 'ignored', reason });
  });

  test('a stub is told apart, because the real message comes later under its id', () => {
    const stub = {
      ...inGroup({}),
      messageStubType: 2,
      messageStubParameters: ['No session record'],
    };
    expect(readInbound(stub, context)).toEqual({ kind: 'stub', reason: 'No session record' });
    expect(readInbound({ ...stub, message: { conversation: 'real' } }, context).kind).toBe(
      'message',
    );
  });
});

test('a stub that gives no reason is told by its number, and of what says nothing only its author is named', () => {
  const stub = { ...inGroup({}), messageStubType: 20 };
  expect(readInbound(stub, context)).toEqual({ kind: 'stub', reason: 'stub 20' });
  expect(peopleOf(stub)).toEqual(['201@lid']);
});

test('names every LID that a phone number may be known for, once, and the number of its author', () => {
  const contextInfo = {
    participant: '203@lid',
    mentionedJid: ['201:1@lid', '202@lid', '1@s.whatsapp.net'],
  };
  const wa = inGroup({ extendedTextMessage: { text: 'x', contextInfo } });
  expect(peopleOf(wa)).toEqual(['201@lid', '203@lid', '202@lid']);
  const byNumber = { ...wa, key: { ...wa.key, participant: '101:3@s.whatsapp.net' } };
  expect(peopleOf(byNumber)).toEqual(['101@s.whatsapp.net', '203@lid', '201@lid', '202@lid']);
});
