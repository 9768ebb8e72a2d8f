import { html } from 'hono/html';
import { encode } from 'uqr';
import type { Html } from './layout.ts';

/** The code to scan, dark on white in both colour schemes, with the quiet border scanners need. */
export function qrCode(text: string): Html {
  const { data, size } = encode(text, { ecc: 'L', border: 4 });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return html`<svg class="qr" role="img" aria-label="QR code for linking" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" data-code="${text}"><rect width="${size}" height="${size}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`;
}
