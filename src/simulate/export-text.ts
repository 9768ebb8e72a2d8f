/** What the text of a message in an export stands for. */
export type ExportText =
  | { readonly kind: 'text'; readonly text: string; readonly isEdited: boolean }
  /** A file, of which only the caption is known. */
  | { readonly kind: 'media'; readonly text: string }
  | { readonly kind: 'deleted' }
  /** What WhatsApp itself says, on iOS under the name of a member or the group. */
  | { readonly kind: 'system' };

const LRM = '\u200e';

/** `<Media omitted>` in the languages whose exports are known. */
const OMITTED =
  /^\u200e?<[^<>\n]*(?:media|medien|multim|média|mídia|медиа|мультимедиа|medya|媒体|媒體|メディア|미디어|מדיה|وسائط)[^<>\n]*>(?:\n|$)/iu;
/** `IMG-20241231-WA0001.jpg (file attached)` on Android. */
const ANDROID_FILE = /^\u200e?[^\n]+\.[a-z0-9]{2,5} \([^()\n]+\)(?:\n|$)/iu;
/** `<attached: 00000012-PHOTO.jpg>` on iOS. */
const IOS_FILE = /\s*\u200e<[^<>\n]+: [^<>\n]+\.[a-z0-9]{2,5}>/iu;
/** `image omitted` on iOS, with the mark before it that no person types. */
const IOS_OMITTED =
  /^\u200e[^\n]{0,40}(?:omitted|weggelassen|ausgelassen|omitid[oa]|omise?|absente?|omess[oa]|ocultad[oa]|weggelaten|пропущен\p{L}*|атлама|dahil edilmedi)$/iu;
const EDITED =
  /\s*\u200e?<[^<>\n]*(?:edited|bearbeitet|editado|editó|modifié|modificato|bewerkt|изменено|düzenlendi)[^<>\n]*>$/iu;

const DELETED = new Set([
  'this message was deleted',
  'you deleted this message',
  'diese nachricht wurde gelöscht',
  'du hast diese nachricht gelöscht',
  'se eliminó este mensaje',
  'eliminaste este mensaje',
  'ce message a été supprimé',
  'vous avez supprimé ce message',
  'questo messaggio è stato eliminato',
  'hai eliminato questo messaggio',
  'mensagem apagada',
  'você apagou esta mensagem',
  'essa mensagem foi apagada',
  'dit bericht is verwijderd',
  'u hebt dit bericht verwijderd',
  'данное сообщение удалено',
  'вы удалили данное сообщение',
]);

/** Reads what stands behind `Name: `. Languages that are not known here leave their marks in the text. */
export function readExportText(written: string): ExportText {
  const plain = written.replaceAll(LRM, '').trim().replace(/\.$/, '').toLowerCase();
  if (DELETED.has(plain)) return { kind: 'deleted' };
  for (const pattern of [OMITTED, ANDROID_FILE, IOS_OMITTED, IOS_FILE]) {
    if (pattern === ANDROID_FILE && !written.startsWith(LRM)) continue;
    if (pattern.test(written)) return { kind: 'media', text: clean(written.replace(pattern, '')) };
  }
  const isEdited = EDITED.test(written);
  const text = isEdited ? written.replace(EDITED, '') : written;
  if (text.startsWith(LRM) && text.length > 1) return { kind: 'system' };
  return { kind: 'text', text: clean(text), isEdited };
}

function clean(text: string): string {
  return text.startsWith(LRM) ? text.slice(1) : text;
}
