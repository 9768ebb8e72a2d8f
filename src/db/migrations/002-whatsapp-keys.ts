/**
 * `wa_keys.value` is a blob for binary records (sessions, sender keys, identities) and JSON text for the rest.
 *
 * `wa_journal` holds decrypted messages until the inbox has them. A stanza may carry several encrypted
 * parts, each with a row of its own; the rows of one stanza share `delivery`.
 */
export const migration = {
  version: 2,
  name: 'whatsapp-keys',
  sql: `
    create table wa_creds (
      id integer primary key check (id = 1),
      value text not null
    ) strict;

    create table wa_keys (
      type text not null,
      id text not null,
      value any not null,
      primary key (type, id)
    ) strict;

    create table wa_journal (
      seq integer primary key autoincrement,
      delivery text not null,
      chat text not null,
      sender text not null,
      message_id text not null,
      attrs_json text not null,
      enc_type text not null check (enc_type in ('msg', 'pkmsg', 'skmsg')),
      ciphertext_sha256 blob not null,
      plaintext blob not null,
      decrypted_at integer not null
    ) strict;
    create index wa_journal_message on wa_journal (chat, sender, message_id);
    create index wa_journal_delivery on wa_journal (delivery);
  `,
} as const;
