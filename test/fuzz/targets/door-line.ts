import { parseDoorLine } from '../../../src/gateway/door-line.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { demandSaneObjects } from '../sane-objects.ts';

const TOKEN = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE';

/** The first line of a connection through the door. */
export const doorLineTarget: FuzzTarget = {
  name: 'door-line',
  corpus: [
    JSON.stringify({ v: 1, token: TOKEN, to: 'model' }),
    JSON.stringify({ v: 1, token: TOKEN, to: 'outside' }),
    `{"to":"model", "v":1.0, "token":"\\u0041${TOKEN.slice(1)}"}`,
  ],
  tokens: [
    TOKEN,
    '"v":1',
    '"v":2',
    '"to":"model"',
    '"to":"outside"',
    '"to":"host"',
    ',',
    '{',
    '}',
    '\r',
    '\n',
    '"',
    '\\u002d',
  ],
  maxBytes: 512,
  check(input) {
    const line = parseDoorLine(input);
    demandSaneObjects();
    if (line === undefined) return;
    const { v, token, to, ...rest } = line;
    demand(v === 1 && /^[\w-]{43}$/.test(token), 'a line without a token of a run');
    demand(['model', 'outside'].includes(to), 'a line that leads elsewhere');
    demand(Object.keys(rest).length === 0, 'a line that says more than it may');
  },
};
