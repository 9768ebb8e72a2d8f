/** Runs in the hostile group's container: knocks at the host's door without a right to, again and again. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const LIMIT_MS = 8_000;
const DOOR = '/run/deckhand/door.sock';
const { times } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as { times: number };
const own = process.env['RUN_TOKEN'] ?? '';
const request = 'GET /v1/models HTTP/1.1\r\nHost: model\r\n\r\n';
const line = (fields: object) =>
  `${JSON.stringify({ v: 1, token: own, to: 'model', ...fields })}\n`;
const ask = (first: string) => `${first} HTTP/1.1\r\nHost: model\r\nContent-Length: 2\r\n\r\n{}`;

/** Each must be closed without a word. */
const JUNK = [
  '\n',
  'x'.repeat(100_000),
  `${'\0'.repeat(600)}\n`,
  request,
  '{"v":1}\n',
  line({ token: '' }),
  line({ token: 'A'.repeat(own.length) }),
  line({ token: own.slice(0, -1) }),
  line({ token: `${own.slice(0, -1)}${own.endsWith('A') ? 'B' : 'A'}` }),
  line({ token: [own] }),
  line({ to: 'docker' }),
  line({ v: 2 }),
].map((text) => text + request);

/** Each must be refused: it is no path of the model's. */
const FORBIDDEN = ['GET /v1/files', 'POST /v1/files', 'DELETE /v1/models/x', 'GET /v1/../v1/files']
  .concat(['POST http://127.0.0.1/v1/responses', 'GET /v1/organization/api_keys'])
  .map((first) => line({}) + ask(first));

function knock(text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ path: DOOR });
    const end = () => {
      socket.destroy();
      resolve(heard);
    };
    socket.setTimeout(LIMIT_MS, end);
    socket.on('error', end).on('close', end);
    socket.on('data', (chunk) => {
      heard += String(chunk);
      end();
    });
    socket.write(text);
  });
}

const passed: string[] = [];
let tried = 0;
for (let round = 0; round < times; round += 1) {
  const heard = await Promise.all(JUNK.map(knock));
  heard.forEach(
    (said, index) => said && passed.push(`${JUNK[index]?.slice(0, 60)}: ${said.slice(0, 60)}`),
  );
  const answers = await Promise.all(FORBIDDEN.map(knock));
  answers.forEach(
    (said, index) =>
      /^HTTP\/1.1 [45]/.test(said) ||
      passed.push(`${FORBIDDEN[index]?.slice(-90)}: ${said.slice(0, 60)}`),
  );
  tried += JUNK.length + FORBIDDEN.length;
}
process.stdout.write(JSON.stringify({ tried, passed }));
