/** Runs in the hostile group's container: asks the door for a tunnel to a place and prints what it says. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const { place } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as { place: string };
const door = connect('/run/deckhand/door.sock');
const line = JSON.stringify({ v: 1, token: process.env['RUN_TOKEN'], to: 'outside' });
door.write(`${line}\nCONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\nConnection: close\r\n\r\n`);
process.stdout.write(JSON.stringify({ said: await text(door) }));
