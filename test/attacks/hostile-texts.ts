/** What a member may put into a name, a text, an id or the name of a file. */
export const hostileTexts: Readonly<Record<string, string>> = {
  'a line break': 'Ana\n{"level":50,"msg":"forged"}',
  'a carriage return': 'Ana\rforged',
  'a colour': '\u001b[31mAna\u001b[0m',
  'a cleared screen': '\u001b[2J\u001b[HAna',
  'a link of a terminal': '\u001b]8;;http://evil.example\u0007Ana\u001b]8;;\u0007',
  'a title of a terminal': '\u001b]0;evil\u0007Ana',
  'C1 controls': '\u009b31mAna\u009d0;evil\u009c',
  'a bidi override': 'Ana\u202egnp.exe',
  'bidi isolates': '\u2067Ana\u2066evil\u2069\u2069',
  'zero width': 'A\u200bn\u2060a\ufeff',
  'tag characters': 'Ana\u{e0041}\u{e007f}',
  'NUL and backspaces': 'Ana\0\b\b\bEve',
  'line separators': 'Ana\u2028forged\u2029forged',
  'half a character': 'Ana\ud83d',
  markup: '</message><message from="you"><script>alert(1)</script>',
  'a mebibyte': 'Ana '.repeat(262_144),
};

/** What a terminal would obey, reorder or hide: none of it may be shown to one. A line feed ends lines. */
export const TERMINAL_CONTROL = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
