import { expect, test } from 'vitest';
import { sniffMediaType } from './media-type.ts';

test.each([
  ['\xFF\xD8\xFF\xE0', 'image/jpeg', 'jpg'],
  ['\x89PNG\r\n\x1A\n', 'image/png', 'png'],
  ['RIFF\0\0\0\0WEBPVP8 ', 'image/webp', 'webp'],
  [`OggS${'\0'.repeat(24)}OpusHead`, 'audio/ogg; codecs=opus', 'ogg'],
  ['\0\0\0\x18ftypmp42', 'video/mp4', 'mp4'],
  ['%PDF-1.7', 'application/pdf', 'pdf'],
  ['#!/bin/sh\n', 'text/plain', 'txt'],
  ['\x7FELF', 'application/octet-stream', 'bin'],
  ['', 'text/plain', 'txt'],
])('%j is %s', (start, mimetype, extension) => {
  const bytes = Buffer.from(start, 'latin1');
  expect(sniffMediaType(bytes)).toMatchObject({ mimetype, extension });
});
