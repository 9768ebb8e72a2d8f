import fc from 'fast-check';
import { FAMILY, MAIN, WORK } from '../../src/ipc/mailbox-world.fixture.ts';
import { pathsOf } from './any-path.ts';
import { anyText } from './any-text.ts';

const jid = fc.oneof(
  fc.constant(FAMILY.jid),
  fc.constantFrom(WORK.jid, MAIN.jid, ` ${WORK.jid}`, WORK.jid.toUpperCase()),
  anyText,
);
const taskId = fc.oneof(
  fc.constantFrom('work-active', 'work-paused', 'work-cancelled', 'main-active'),
  fc.constantFrom('family-active', 'family-paused'),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,10}$/),
);
const folder = fc.constantFrom('family', 'work', 'main', '../work', 'new');
const text = fc.oneof(fc.constantFrom('hello', '@all look', '<internal>x</internal>'), anyText);
const messageId = fc.constantFrom('AC0123456789ABCDEF', '3EB00123456789ABCDEF01', 'work-1', 'x');

/** What each field of any request may hold: right, near, or of another group. */
const FIELDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  chatJid: jid,
  targetJid: jid,
  jid,
  text,
  prompt: text,
  name: text,
  trigger: text,
  caption: text,
  script: text,
  emoji: fc.constantFrom('👍', '', 'no'),
  taskId,
  messageId,
  replyTo: messageId,
  path: pathsOf(['secret.txt', '../work/secret.txt', 'media', 'cat.png', 'work']),
  kind: fc.constantFrom('document', 'image', 'voice', 'odd'),
  schedule_type: fc.constantFrom('cron', 'cron', 'interval', 'once'),
  schedule_value: fc.constantFrom(
    '0 9 * * 1',
    '0 8 * * *',
    '3600000',
    '2027-01-01T09:00:00',
    'soon',
  ),
  context_mode: fc.constantFrom('group', 'isolated'),
  mentions: fc.constant(['49151@s.whatsapp.net']),
  folder,
  groupFolder: folder,
  isMain: fc.boolean(),
  createdBy: fc.constantFrom('agent:main', 'agent:work'),
};

/** The fields that each kind of request takes, by its type; those with `?` may be left out. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  message: ['chatJid', 'text'],
  reaction: ['chatJid', 'messageId', 'emoji'],
  edit: ['chatJid', 'messageId', 'text'],
  file: ['chatJid', 'path', 'kind'],
  schedule_task: ['prompt', 'schedule_type', 'schedule_value', '?targetJid', '?taskId'],
  update_task: ['taskId', 'prompt'],
  pause_task: ['taskId'],
  resume_task: ['taskId'],
  cancel_task: ['taskId'],
  run_task_now: ['taskId'],
  register_group: ['jid', 'name', 'folder', 'trigger'],
  refresh_groups: [],
};

const request = fc.constantFrom(...Object.keys(KINDS)).chain((type) => {
  const others = fc
    .subarray(Object.keys(FIELDS), { maxLength: 2 })
    .chain((names) => fc.record(pick(names)));
  // More often than not without what the kind does not take, so that requests get through.
  const more = fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: others },
  );
  return fc.tuple(fieldsOf(type), more).map(([fields, odd]) => ({ type, ...fields, ...odd }));
});

function pick(names: readonly string[]): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(names.map((name) => [name, FIELDS[name] ?? anyText]));
}

function fieldsOf(type: string): fc.Arbitrary<Record<string, unknown>> {
  const names = KINDS[type] ?? [];
  const requiredKeys = names.filter((name) => !name.startsWith('?'));
  return fc.record(pick(names.map((name) => name.replace('?', ''))), { requiredKeys });
}

export interface AnyRequest {
  readonly box: string;
  /** An object that is written as JSON, or the text of the file. */
  readonly content: unknown;
}

/** Requests of each kind, right or nearly so, and junk; mostly in the folder where they belong. */
export const anyRequest: fc.Arbitrary<AnyRequest> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ box: fc.constant(''), content: request }) },
  {
    weight: 1,
    arbitrary: fc.record({
      box: fc.constantFrom('messages', 'tasks'),
      content: fc.oneof(fc.json(), anyText, fc.object()),
    }),
  },
);

/** Where requests of a type belong. */
export function boxOf({ box, content }: AnyRequest): string {
  if (box !== '') return box;
  const type = (content as { type: string }).type;
  return ['message', 'reaction', 'edit', 'file'].includes(type) ? 'messages' : 'tasks';
}
