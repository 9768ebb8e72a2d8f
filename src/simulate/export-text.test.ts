import { expect, test } from 'vitest';
import { readExportText } from './export-text.ts';

const text = (written: string, isEdited = false) => ({ kind: 'text', text: written, isEdited });

test.each([
  ['hello', text('hello')],
  ['', text('')],
  ['<b>bold</b> is a tag', text('<b>bold</b> is a tag')],
  ['a report.pdf (file attached)', text('a report.pdf (file attached)')],
  ['image omitted', text('image omitted')],
  ['hello \u200e<This message was edited>', text('hello', true)],
  ['hello <Diese Nachricht wurde bearbeitet.>', text('hello', true)],
  ['<Media omitted>', { kind: 'media', text: '' }],
  ['<Medien ausgeschlossen>', { kind: 'media', text: '' }],
  ['<Multimedia omitido>\n@Assistant see', { kind: 'media', text: '@Assistant see' }],
  ['<Без медиафайлов>', { kind: 'media', text: '' }],
  ['\u200eIMG-20241231-WA0001.jpg (file attached)\nthe cat', { kind: 'media', text: 'the cat' }],
  ['\u200e<attached: 00000012-PHOTO.jpg>', { kind: 'media', text: '' }],
  ['the cat \u200e<attached: 00000012-PHOTO.jpg>', { kind: 'media', text: 'the cat' }],
  ['\u200eimage omitted', { kind: 'media', text: '' }],
  ['\u200eBild weggelassen', { kind: 'media', text: '' }],
  ['This message was deleted', { kind: 'deleted' }],
  ['\u200eYou deleted this message.', { kind: 'deleted' }],
  ['\u200eAna added Bob', { kind: 'system' }],
])('%j is read as %j', (written, expected) => {
  expect(readExportText(written)).toEqual(expected);
});
