import { mediaUrl } from '../../../src/channels/whatsapp/media-source.ts';
import { SNIFFED_BYTES, sniffMediaType } from '../../../src/core/media-type.ts';
import { readVoiceSeconds } from '../../../src/core/voice-length.ts';
import { joinFields, splitFields } from '../fields.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';

const MEDIA_HOST = 'mmg.whatsapp.net';
const ogg = Buffer.from(
  `OggS${'\0'.repeat(24)}OpusHead${'\0'.repeat(20)}OggS\0\x04\x80\xbb\0\0\0\0\0\0`,
  'latin1',
);

/** The first bytes of a file, the last ones of a voice note, and where a sender says that it lies. */
export const mediaTarget: FuzzTarget = {
  name: 'media',
  corpus: [
    Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF', 'latin1'),
    Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
    Buffer.from('RIFF\x24\0\0\0WEBPVP8 ', 'latin1'),
    Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0', 'latin1'),
    ogg,
    '%PDF-1.7\n%âãÏÓ\n',
    'plain text\n',
    joinFields(
      '/v/t62.7118-24/1_n.enc?ccb=11-4&oh=01_Q5&oe=67',
      'https://mmg.whatsapp.net/v/t62/1.enc',
    ),
    joinFields('//evil.example/x', 'https://mmg.whatsapp.net@evil.example/x'),
    joinFields('/\\evil.example/x', 'http://127.0.0.1:2375/containers/json'),
  ],
  tokens: [
    '//',
    '/\\',
    '\\',
    '@',
    ':',
    '#',
    '?',
    '..',
    'https:',
    'http://',
    'file://',
    MEDIA_HOST,
    '.evil.example',
    '127.0.0.1',
    '[::1]',
    '\x1e',
    'OggS',
    'RIFF',
    'WEBP',
    'ftyp',
    '\t',
  ],
  maxBytes: 16_384,
  check(input) {
    const type = sniffMediaType(input);
    demand(/^[a-z0-9]{2,4}$/.test(type.extension), 'an extension that names no file');
    demand(/^[a-z]+\/[a-z0-9.+-]+(?:; codecs=opus)?$/.test(type.mimetype), 'a type that is none');
    const start = sniffMediaType(input.subarray(0, SNIFFED_BYTES));
    demand(start.mimetype === type.mimetype, 'more than the first bytes decide');
    const seconds = readVoiceSeconds(input);
    const isLength = (value: number) =>
      Number.isSafeInteger(value) && value >= 1 && value <= 86_400;
    demand(seconds === undefined || isLength(seconds), 'a voice note of no length');
    demandAddress(splitFields(input, 2));
  },
};

function demandAddress([directPath = '', url = '']: readonly string[]): void {
  for (const source of [{ directPath }, { url }]) {
    const address = mediaUrl(source, undefined);
    if (address === undefined) continue;
    const { protocol, host } = address;
    demand(protocol === 'https:' && host === MEDIA_HOST, 'an address that the sender chose');
  }
}
