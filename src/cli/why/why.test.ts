import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { displayWidth } from '../../core/terminal-text.ts';
import { acquireInstanceLock } from '../../db/instance-lock.ts';
import { createLinkTimes } from '../../db/link-times.ts';
import {
  FAMILY_JID,
  insertAnswered,
  insertDenial,
  insertMessage,
  insertRun,
  insertSent,
  ROWS_START,
} from '../../db/story-rows.fixture.ts';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';

const RUN = 'run-0a1b2c3d4e5f6071';
const WORK_JID = '120363002@g.us';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
  world.register({
    [FAMILY_JID]: { name: 'Family', folder: 'family', timeZone: 'Europe/Berlin' },
    [WORK_JID]: { name: 'Work', folder: 'work', trigger: '@Bob' },
  });
});
afterEach(() => world[Symbol.dispose]());

test('the story of an answered question is told in the time of its group', async () => {
  world.fill((db) => void insertAnswered(db));
  const { code, stdout, stderr } = await world.run('why', '3EB0QUESTION');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`Message 3EB0QUESTION in family ("Family"), times in Europe/Berlin
Tue 2026-12-01
12:00:00               ✓ received   sent by Ana (15550000002@s.whatsapp.net)
12:00:01  +1.2 s       ✓ stored
12:00:01               ✓ trigger    it calls the assistant by name
12:00:01               ✓ sender     may ask here
12:00:01               ✓ queued     waited 300 ms
12:00:01  +300 ms      ✓ run        ${RUN}
12:00:01  +100 ms      ✓ attempt    1: openai/gpt-5.5 (codex)
12:00:02  +400 ms      ✓ container  c0ffee012345
12:00:03  +1.0 s       ✓ working
12:00:09  +6.0 s       ✓ result     answered, 2 tools used, 1200 tokens in, 80
                                    out
12:00:09               ✓ answer     text 3EB0ANSWER
                       ✓ sent
12:00:09  +200 ms      ✓ acked

It was answered: WhatsApp's server has the answer, 8.0 s after it came in.
`);
});

test.each([['3eb0q'], ['last'], [RUN], ['run-0a1b'], ['3EB0ANSWER']])(
  'the same story is told for %s',
  async (wanted) => {
    world.fill((db) => void insertAnswered(db));
    const { code, stdout } = await world.run('why', wanted, '--json');
    expect(code).toBe(0);
    const { stories } = JSON.parse(stdout);
    expect(stories).toHaveLength(1);
    expect(stories[0]).toMatchObject({
      chatJid: FAMILY_JID,
      messageId: '3EB0QUESTION',
      runId: RUN,
      verdict: { status: 'answered' },
    });
  },
);

test('an answer that the agent sent by a tool leads to the run that was going on', async () => {
  world.fill((db) => {
    insertAnswered(db);
    insertSent(db, { id: 'BYTOOL', origin: 'ipc:family:9', created_at: ROWS_START + 5_000 });
  });
  const { stdout } = await world.run('why', 'BYTOOL', '--json');
  expect(JSON.parse(stdout).stories[0].runId).toBe(RUN);
});

test('"last" is the last message that asked or would have, of the group that is named', async () => {
  world.fill((db) => {
    insertMessage(db, { id: 'ASKED' });
    insertMessage(db, {
      id: 'REFUSED',
      is_trigger: 0,
      decision: 'not_allowed',
      chat_jid: WORK_JID,
    });
    insertMessage(db, { id: 'ASIDE', is_trigger: 0, decision: 'not_addressed' });
  });
  expect((await world.run('why', 'last')).stdout).toContain('Message REFUSED');
  expect((await world.run('why', 'last', '--group', 'family')).stdout).toContain('Message ASKED');
});

test('a host that runs is told from one that does not', async () => {
  world.fill((db) => void insertMessage(db));
  expect((await world.run('why', 'last')).stdout).toContain(
    'It waits because the host is not running; `deckhand start` starts it.',
  );
  using _lock = acquireInstanceLock(world.paths.lock);
  expect((await world.run('why', 'last')).stdout).toContain('It waits to be taken up');
});

test('a message that was not for the assistant names the word that would have called it', async () => {
  world.fill((db) => {
    insertMessage(db, { chat_jid: WORK_JID, is_trigger: 0, decision: 'not_addressed' });
  });
  expect((await world.run('why', '3EB0')).stdout).toContain('nor says @Bob.');
});

test('without an id the last messages are listed with their state, the newest last', async () => {
  world.fill((db) => {
    for (let index = 0; index < 12; index += 1) insertMessage(db, { id: `OLD${index}` });
    insertMessage(db, { id: 'NEW', is_trigger: 0, decision: 'stale', chat_jid: WORK_JID });
  });
  const { code, stdout } = await world.run('why');
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[1]).toBe('12-01 11:00:01  family  waiting   OLD3');
  expect(lines[10]).toBe('12-01 11:00:01  work    too late  NEW');
  const { messages } = JSON.parse((await world.run('why', '--group', 'work', '--json')).stdout);
  expect(messages).toHaveLength(1);
});

test('the texts of messages are shown only when that is asked for', async () => {
  world.fill((db) => void insertAnswered(db));
  for (const args of [['why'], ['why', 'last'], ['why', '--json'], ['why', 'last', '--json']]) {
    expect((await world.run(...args)).stdout).not.toContain('secret');
    expect((await world.run(...args, '--text')).stdout).toContain('the secret plan');
  }
});

test('the beginning of several ids is refused with their list', async () => {
  world.fill((db) => {
    insertMessage(db, { id: '3EB0AA' });
    insertMessage(db, { id: '3EB0AB', chat_jid: WORK_JID });
  });
  const { code, stderr } = await world.run('why', '3EB0');
  expect(code).toBe(2);
  expect(stderr).toContain('Several ids begin with "3EB0"');
  expect(stderr).toContain('  3EB0AA  family');
  expect((await world.run('why', '3EB0', '--group', 'work')).code).toBe(0);
});

test('an id that several senders chose tells all their stories', async () => {
  world.fill((db) => {
    insertMessage(db, { id: 'SAME' });
    insertMessage(db, { id: 'SAME', sender_jid: '2@s.whatsapp.net' });
    insertMessage(db, { id: 'SAMENESS' });
  });
  const { stdout } = await world.run('why', 'SAME', '--json');
  expect(JSON.parse(stdout).stories).toHaveLength(2);
});

test('an id that is not there says what was looked at and what could be the reason', async () => {
  world.fill((db) => {
    insertAnswered(db);
    createLinkTimes(db).mark(ROWS_START);
  });
  const { code, stderr } = await world.run('why', 'NOSUCH');
  expect(code).toBe(1);
  expect(stderr.replaceAll('\n', ' ')).toContain(
    'Looked at the ids of 1 message since Tue 2026-12-01 11:00 (UTC), 1 message of ours and 1 run of all registered groups.',
  );
  expect(stderr).toContain('its chat is not registered');
  expect(stderr).toContain('not running and was last connected Tue 2026-12-01 11:00');
});

test('wildcards of the database are letters like any other', async () => {
  world.fill((db) => void insertAnswered(db));
  for (const wanted of ['%', '3EB0_UESTION', '\\']) {
    expect((await world.run('why', wanted)).code).toBe(1);
  }
});

test('a message that is decrypted and not taken in yet is known', async () => {
  world.fill((db) => {
    db.exec(`insert into wa_journal (delivery, chat, sender, message_id, attrs_json, enc_type, ciphertext_sha256,
        plaintext, decrypted_at) values ('d', 'c', 's', 'FRESH', '{}', 'msg', x'00', x'00', 0)`);
  });
  expect((await world.run('why', 'FRESH')).stderr).toContain('is stored when the host runs again');
});

test('nothing that others chose can move the cursor or leave the 80 columns', async () => {
  const name = `\u001b[2JEve\u202e${'x'.repeat(200)}`;
  world.fill((db) => {
    insertRun(db, { state: 'failed', reason: 'internal', detail: `\u001b[1m${'y'.repeat(200)}` });
    insertMessage(db, { sender_name: name, text: name, state: 'failed', run_id: RUN });
    insertMessage(db, { id: `\u001b]0;x\u0007${'i'.repeat(99)}`, sender_name: name });
  });
  for (const args of [
    ['why', '--text'],
    ['why', RUN, '--text'],
    ['why', '\u001b]0', '--text'],
  ]) {
    const { stdout, stderr } = await world.run(...args);
    expect(stdout + stderr).not.toContain('\u001b');
    for (const line of stdout.split('\n')) {
      const isLongWord = /[xy]{200}/.test(line);
      expect(isLongWord ? 0 : displayWidth(line)).toBeLessThanOrEqual(80);
    }
  }
});

test('colours are for people alone', async () => {
  world.fill((db) => void insertAnswered(db));
  const coloured = await world.runWith({ isTty: true }, 'why', 'last');
  expect(coloured.stdout).toContain('\u001b[32m✓');
  world.environment['NO_COLOR'] = '1';
  expect((await world.runWith({ isTty: true }, 'why', 'last')).stdout).not.toContain('\u001b');
});

test('registrations that cannot be read keep nobody from the story', async () => {
  world.fill((db) => void insertMessage(db));
  writeFileSync(world.paths.registrations, '{');
  const { code, stdout, stderr } = await world.run('why', 'last');
  expect(code).toBe(0);
  expect(stdout).toContain(`in ${FAMILY_JID}`);
  expect(stdout).not.toContain('not registered any more');
  expect(stderr).toContain('`deckhand doctor` says why');
  expect(await world.run('why', 'last', '--group', 'family')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('cannot be used; `deckhand doctor` says why.'),
  });
});

test('what cannot be done says what to do', async () => {
  expect(await world.run('why', 'last')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('made by the first `deckhand link`'),
  });
  expect((await world.run('why')).stdout).toContain('No message has come in yet.');
  world.fill(() => undefined);
  expect(await world.run('why', 'last')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No message has asked'),
  });
  expect((await world.run('why', '')).code).toBe(2);
  expect((await world.run('why', 'x'.repeat(201))).code).toBe(2);
  expect((await world.run('why', 'last', '--group', 'nobody')).stderr).toContain(
    'No registered group has the folder "nobody"',
  );
  expect((await world.run('why', '--limit', '0')).stderr).toContain('--limit is a whole number');
});

test('where the agent might not go is told, with what an agent has written into it made harmless', async () => {
  world.fill((db) => {
    insertAnswered(db);
    insertDenial(db);
    insertDenial(db, { host: 'a\u202eb', port: 0, reason: 'bad_host', count: 1 });
  });
  const { stdout } = await world.run('why', '3EB0QUESTION');
  const told = stdout.replace(/\s+/g, ' ');
  expect(told).toContain(
    '– denied a\\u{202e}b, no host; example.org:443 (at least 2 times), not allowed',
  );
  expect(told).toContain('`deckhand groups set family --allow-host <host>`');
});
