import type { ServedVersion } from '../../channels/whatsapp/web-version.ts';
import { type Finding, ok, warning } from './finding.ts';

/**
 * About half a year: the versions that Baileys shipped from 2024 to 2026 grew by about a million a month. What
 * WhatsApp still accepts it does not tell; the proof that it no longer does is the finding link.outdated.
 */
const FAR_BEHIND = 6_000_000;

/**
 * Whether the installed client is far behind WhatsApp Web itself. `installed` is `2.3000.<revision>` in parts;
 * `served` undefined: nobody was asked.
 */
export function checkVersion(
  installed: readonly number[],
  served: ServedVersion | undefined,
): Finding {
  const detail = `the client is WhatsApp Web ${installed.join('.')}`;
  if (served === undefined) return ok('version', detail);
  const { revision } = served;
  if (revision === undefined) return ok('version', `${detail}; what is current could not be asked`);
  const compared = `${detail}, current is ${[...installed.slice(0, -1), revision].join('.')}`;
  if (revision - (installed.at(-1) ?? 0) < FAR_BEHIND) return ok('version', compared);
  const mend = 'It works until WhatsApp refuses it. Update Deckhand before:\n$ git pull && npm ci';
  return warning('version.behind', compared, mend);
}
