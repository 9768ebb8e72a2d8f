import { renderUnicodeCompact } from 'uqr';

/** The code to scan as lines of half blocks, two modules high each, with the quiet border scanners need. */
export function renderQr(text: string): string {
  return renderUnicodeCompact(text, { border: 2, ecc: 'L' });
}
