import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import {
  editCommandSchema,
  fileCommandSchema,
  ipcReplySchema,
  MAX_CAPTION_CHARS,
  MAX_EDIT_CHARS,
  MAX_FILE_BYTES,
  MAX_MESSAGE_CHARS,
  MAX_REQUEST_BYTES,
  MAX_TASK_PROMPT_CHARS,
  MAX_TASK_SCRIPT_CHARS,
  messageCommandSchema,
  reactionCommandSchema,
  refreshGroupsCommandSchema,
  refusalCodeSchema,
  registerGroupCommandSchema,
  scheduleTaskCommandSchema,
  taskActionCommandSchema,
  updateTaskCommandSchema,
} from '@deckhand/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderAnswer } from '../core/outbound/render-answer.ts';
import { MAX_TASKS_PER_GROUP } from '../core/task.ts';
import { FAMILY, MailboxWorld } from './mailbox-world.fixture.ts';

const run = promisify(execFile);
const docs = await readFile(new URL('../../docs/ipc.md', import.meta.url), 'utf8');

interface Example {
  title: string;
  folder: string;
  script: string;
  reply: unknown;
}

/** Each `sh` block of the docs (`sh main`: as the main group) with the `json` block behind it. */
function findExamples(): Example[] {
  const examples: Example[] = [];
  let title = '';
  const parts = /^### (.*)$|^```sh( main)?\n([\s\S]*?)^```\n\n```json\n([\s\S]*?)^```$/gm;
  for (const [, heading, main, script, reply] of docs.matchAll(parts)) {
    if (heading !== undefined) title = heading;
    if (script === undefined || reply === undefined) continue;
    examples.push({ title, folder: main ? 'main' : 'family', script, reply: JSON.parse(reply) });
  }
  return examples;
}

let world: MailboxWorld;

beforeEach(async () => {
  world = await MailboxWorld.create();
  // Saturday noon in the zone of the examples.
  world.now = () => Date.UTC(2026, 10, 21, 11);
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

describe('docs/ipc.md', () => {
  it('has a reply behind every example', () => {
    expect(findExamples()).toHaveLength(docs.match(/^```sh/gm)?.length ?? 0);
    expect(findExamples().length).toBeGreaterThanOrEqual(5);
  });

  it.each(findExamples())('shows what happens: $title', async ({ folder, script, reply }) => {
    const host = await world.start();
    const local = script
      .replaceAll('/workspace/ipc', world.paths.ipc(folder))
      .replaceAll('/workspace/group', world.paths.groupFolder(folder))
      .replaceAll('120363012345678901@g.us', FAMILY.jid);
    const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}` };
    const { stdout } = await run('sh', ['-eu', '-c', local], { env });
    const actual = ipcReplySchema.parse(JSON.parse(stdout));
    const masked = {
      ...actual,
      requestId: '<name>',
      ...('messageId' in actual ? { messageId: '<id>' } : {}),
    };
    const shown: unknown = JSON.parse(
      JSON.stringify(masked).replaceAll(`"${FAMILY.jid}"`, '"120363012345678901@g.us"'),
    );
    expect(shown).toEqual(reply);
    expect(world.sent()).toHaveLength(actual.ok && 'messageId' in actual ? 1 : 0);
    // The reply comes before the request is put away.
    await host.idle();
    expect(await world.leftovers(folder)).toEqual([]);
  });

  it('says how characters are counted in a request and in a message', () => {
    const edit = { type: 'edit', messageId: 'A', chatJid: FAMILY.jid };
    const takes = (text: string) => editCommandSchema.safeParse({ ...edit, text }).success;
    expect([takes('🦫'.repeat(MAX_EDIT_CHARS)), takes('🦫'.repeat(MAX_EDIT_CHARS + 1))]).toEqual([
      true,
      false,
    ]);
    expect(renderAnswer('🦫'.repeat(MAX_EDIT_CHARS / 2))).toHaveLength(1);
    expect(renderAnswer('🦫'.repeat(MAX_EDIT_CHARS / 2 + 1))).toHaveLength(2);
    expect(docs.replaceAll('\n', ' ')).toContain(
      `Characters are counted as Unicode code points. One message holds ${MAX_EDIT_CHARS.toLocaleString('en')} UTF-16 units, of which most emoji are two or more.`,
    );
  });

  it('names every refusal code and the limits of the protocol', () => {
    const codes = [...docs.matchAll(/^\| `([a-z_]+)` \| (?!required|optional)/gm)].map(
      ([, code]) => code,
    );
    expect(codes).toEqual(expect.arrayContaining([...refusalCodeSchema.options]));
    expect(docs).toContain(`${MAX_REQUEST_BYTES / 1024} KiB`);
    for (const bytes of Object.values(MAX_FILE_BYTES))
      expect(docs).toContain(`${bytes / 1024 / 1024} MiB`);
    for (const chars of [
      MAX_MESSAGE_CHARS,
      MAX_EDIT_CHARS,
      MAX_CAPTION_CHARS,
      MAX_TASK_PROMPT_CHARS,
      MAX_TASK_SCRIPT_CHARS,
    ])
      expect(docs).toContain(`${chars.toLocaleString('en')} characters`);
    expect(docs).toContain(`at most ${MAX_TASKS_PER_GROUP} active and paused tasks`);
  });

  it('has every field of every request', () => {
    const requests = {
      message: messageCommandSchema,
      reaction: reactionCommandSchema,
      edit: editCommandSchema,
      file: fileCommandSchema,
      schedule_task: scheduleTaskCommandSchema,
      update_task: updateTaskCommandSchema,
      run_task_now: taskActionCommandSchema('run_task_now'),
      refresh_groups: refreshGroupsCommandSchema,
      register_group: registerGroupCommandSchema,
    };
    for (const [type, schema] of Object.entries(requests)) {
      const section = docs
        .split(/^### /m)
        .find((part) => part.split('\n')[0]?.includes(`\`${type}\`, in`));
      for (const field of Object.keys(schema.shape)) expect(section).toContain(`\`${field}\``);
    }
  });
});
