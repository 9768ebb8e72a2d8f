import { cutText } from '../../../src/core/outbound/cut.ts';
import { renderAnswer } from '../../../src/core/outbound/render-answer.ts';
import { splitText } from '../../../src/core/outbound/split.ts';
import { splitFields } from '../fields.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';

const MESSAGE_LIMIT = 4_000;
const CANARY = 'hidden-canary';
const HALVED_PAIR = /[\ud800-\udbff]$/;

/** A model's answer on its way to the messages of a chat. Its length decides how long a message may be. */
export const splitterTarget: FuzzTarget = {
  name: 'splitter',
  corpus: [
    '# Title\n\nSome **bold** and *it* text with `code`.\n\n- one\n- [x] two\n',
    '```ts\nconst x = 1;\n```\nand then\n\n| a | b |\n|---|---|\n| 1 | 2 |\n',
    '<internal>thinking</internal>The [answer](https://example.org/a_(b)) is ~~no~~ **yes**.',
    `${'A sentence that is long enough. '.repeat(30)}\n\n${'word '.repeat(200)}`,
    '👨‍👩‍👧‍👦🇩🇪👍🏽 e\u0301 한 नि ~~~\nx\n~~~ ___ *** --- > quote',
  ],
  tokens: [
    '```',
    '\n```\n',
    '~~~',
    '`',
    '**',
    '*',
    '__',
    '~~',
    '[',
    '](',
    ')',
    '<internal>',
    '</internal>',
    '|',
    '|---|',
    '\n',
    '\n\n',
    '. ',
    '# ',
    '- ',
    '> ',
    'https://',
    '<http:',
    '\\',
    '(1/2)',
  ],
  maxBytes: 65_536,
  check(input) {
    const [text = ''] = splitFields(input, 1);
    const limit = 40 + (input.length % 160);
    const pieces = cutText(text, limit).map((piece) => piece.text);
    demand(pieces.join('') === text, 'the pieces are not the text');
    demand(
      pieces.every((piece) => piece !== '' && piece.length <= limit),
      'a piece that is empty or too long',
    );
    const isHalved = (piece: string, at: number) =>
      HALVED_PAIR.test(piece) && /^[\udc00-\udfff]/.test(pieces[at + 1] ?? '');
    demand(!pieces.some(isHalved), 'a character that is cut in two');
    demandMessages(splitText(text, limit), limit);
    const messages = renderAnswer(`${text}<internal>${CANARY}`);
    demandMessages(messages, MESSAGE_LIMIT);
    demand(!messages.join('').includes(CANARY), 'what was meant to be hidden is shown');
  },
};

function demandMessages(messages: readonly string[], limit: number): void {
  const isMessage = (text: string) => text.trim() !== '' && text.length <= limit;
  demand(messages.every(isMessage), 'a message that is blank or too long');
}
