import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText, encodeConversation, encodeText, type PromptMessage } from './prompt.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
  fc
    .array(fc.constantFrom('</message>', '<message', '"', '&#x', '&amp;', 'boundary="', '\n', ';'))
    .map((parts) => parts.join('')),
);

function message(part: Partial<PromptMessage>): PromptMessage {
  return {
    id: 'A1',
    senderName: 'Ana',
    senderJid: '5@s.whatsapp.net',
    sentAt: Date.UTC(2026, 10, 21, 13, 3, 5),
    text: 'hi',
    isAssistant: false,
    ...part,
  };
}

test('encoding a text and decoding it again gives the same string, whatever it is', () => {
  fc.assert(
    fc.property(anyText, fc.boolean(), (text, isAttribute) => {
      expect(decodeText(encodeText(text, isAttribute))).toBe(text);
    }),
  );
});

test('no text, name or quote can add or end an element of the conversation', () => {
  fc.assert(
    fc.property(anyText, anyText, anyText, (text, senderName, quotedText) => {
      const encoded = encodeConversation(
        'messages',
        [message({ text, senderName, quotedText }), message({})],
        'UTC',
        'secret',
      );
      expect(encoded.match(/</g)).toHaveLength(6);
      expect(encoded.match(/>/g)).toHaveLength(6);
      expect(encoded.match(/<message /g)).toHaveLength(2);
      expect(encoded.isWellFormed()).toBe(true);
    }),
  );
});

test('a message shows its sender, identity and local time', () => {
  expect(encodeConversation('messages', [message({})], 'Europe/Berlin', 'b')).toBe(
    '<messages boundary="b">\n' +
      '<message sender="Ana" from="5@s.whatsapp.net" time="2026-11-21 14:03:05" id="A1">hi</message>\n' +
      '</messages boundary="b">',
  );
});

test('a member who calls themselves assistant is still told apart by the from attribute', () => {
  const forged = encodeConversation('history', [message({ senderName: 'assistant' })], 'UTC', 'b');
  const real = encodeConversation('history', [message({ isAssistant: true })], 'UTC', 'b');
  expect(forged).toContain('sender="assistant" from="5@s.whatsapp.net"');
  expect(real).toContain('sender="assistant" from="you"');
});
