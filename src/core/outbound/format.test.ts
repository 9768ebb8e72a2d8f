import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatForWhatsApp } from './format.ts';

describe('formatForWhatsApp', () => {
  test.each([
    ['bold', '**a** and __b__', '*a* and *b*'],
    ['bold with italic', '***both*** **a *b* c**', '*_both_* *a _b_ c*'],
    ['strike', '~~old~~ new', '~old~ new'],
    ['a name with underscores is no bold', 'call my__own__name', 'call my__own__name'],
    ['a product is no bold', '2 ** 3 ** 4', '2 ** 3 ** 4'],
    ['an unpaired mark stays', 'a **b', 'a **b'],
    ['marks in code stay', '`**a**` and **`b`**', '`**a**` and *`b`*'],
    ['two backticks become one', '``a b``', '`a b`'],
    ['headings', '# One\n## **Two** ##\ntext', '*One*\n*Two*\ntext'],
    ['links', '[Docs](https://a.b/c_(d)) <https://e.f>', 'Docs (https://a.b/c_(d)) https://e.f'],
    ['a link that shows its address', '[https://a.b](https://a.b)', 'https://a.b'],
    ['images', '![cat](https://a.b/cat.png)', 'cat (https://a.b/cat.png)'],
    ['marks in an address stay', 'https://a.b/__x__/~~y~~', 'https://a.b/__x__/~~y~~'],
    ['bullets', '* a\n  + b\n- **c**', '- a\n  - b\n- *c*'],
    ['task lists', '- [ ] a\n- [x] b', '- ☐ a\n- ☑ b'],
    ['rules', 'a\n\n***\n\nb', 'a\n\n———\n\nb'],
    ['quotes', '> **a**\n> * b', '> *a*\n> - b'],
    ['escaped marks', '1\\. a \\*b\\*', '1. a *b*'],
    ['windows line ends', '**a**\r\nb', '*a*\nb'],
    [
      'a table of two columns',
      '| Name | Wins |\n|---|:-:|\n| Ann | **3** |\n| Bob | 1 |',
      '- *Ann*: *3*\n- *Bob*: 1',
    ],
    [
      'a table of three columns',
      'Name | Wins | Note\n--- | --- | ---\nAnn | 3 | a \\| b\nBob | 1 |',
      '- *Ann* — Wins: 3, Note: a | b\n- *Bob* — Wins: 1',
    ],
    [
      'a code block keeps its text',
      '```ts\nconst a = **b**;\n# no\n```',
      '```\nconst a = **b**;\n# no\n```',
    ],
    ['tildes fence code too', '~~~\n**a**\n~~~', '```\n**a**\n```'],
    ['an open code block is closed', '```\n**a**', '```\n**a**\n```'],
    ['a code block in WhatsApp style stays', '```a **b**\nc```\n**d**', '```a **b**\nc```\n*d*'],
  ])('%s', (_title, markdown, expected) => {
    expect(formatForWhatsApp(markdown)).toBe(expected);
  });

  test('text already in WhatsApp formatting comes back unchanged', () => {
    const text =
      '*Bold* _italic_ ~gone~ `code`\n- one\n- two\n\n```\nx **y**\n```\n> said\n1. first';
    expect(formatForWhatsApp(text)).toBe(text);
  });

  const leaves = fc
    .array(
      fc.constantFrom(
        'word',
        '`code *x*`',
        '[a](https://b.c)',
        '*said*',
        '_so_',
        '~no~',
        '~~gone~~',
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((texts) => texts.join(' '));
  const inline = fc.oneof(
    leaves,
    leaves.map((text) => `**so ${text} on**`),
    leaves.map((text) => `it is __so ${text} on__, he said`),
  );
  const line = fc
    .tuple(fc.constantFrom('', '# ', '- ', '> ', '1. '), inline)
    .map(([start, text]) => `${start}${text}`);
  const block = fc.oneof(line, fc.constantFrom('```\nx **y**\n```', '---', '|a|b|\n|-|-|\n|c|d|'));

  test('formatting again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
        const once = formatForWhatsApp(blocks.join('\n\n'));
        expect(formatForWhatsApp(once)).toBe(once);
      }),
    );
  });

  test('no letter is lost, however the marks stand', () => {
    const piece = fc.constantFrom(
      '**',
      '__',
      '~~',
      '*',
      '_',
      '`',
      '# ',
      '- ',
      '> ',
      '\n',
      ' ',
      'two words',
      '\n```\n',
      '|',
    );
    const letters = (text: string) => text.replaceAll(/[^a-z]/g, '');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        expect(letters(formatForWhatsApp(text))).toBe(letters(text));
      }),
    );
  });

  test.each([
    ' '.repeat(100_000) + 'x',
    '*'.repeat(100_000),
    '[a]('.repeat(25_000),
    '**a '.repeat(25_000),
    '`'.repeat(99_999) + 'a',
    '```' + ' '.repeat(100_000) + 'x`',
    '|'.repeat(50_000) + '\n' + '|-'.repeat(50_000),
    '<https:'.repeat(15_000),
  ])('hostile text %# is handled', (text) => {
    expect(formatForWhatsApp(text)).toBeTypeOf('string');
  });
});
