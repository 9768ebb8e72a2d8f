import {
  nextSlotOf,
  readSchedule,
  restoreSchedule,
  SCHEDULE_TYPES,
} from '../../../src/core/schedule/schedule.ts';
import { planTask } from '../../../src/core/task.ts';
import { joinFields, splitFields } from '../fields.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';

/** A Sunday on which clocks are changed in Europe is near. */
const NOW = Date.UTC(2026, 9, 24, 23, 59, 30);
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Apia',
] as const;

const VALUES = [
  '0 9 * * 1-5',
  '*/15 * * * *',
  '30 2 29 2 *',
  '0 0 1 1 mon',
  '59 23 31 12 0,6',
  '5,10-20/3 * * * *',
  '3600000',
  '30m',
  '7d',
  '60000ms',
  '2026-10-25T02:30',
  '2026-10-25T02:30:15Z',
  '2099-02-28 23:59:59.5+13:45',
  '2027-03-28T02:30',
];

/** When a task is to come, as people and agents write it, in zones whose clocks change in odd ways. */
export const scheduleTarget: FuzzTarget = {
  name: 'schedule',
  corpus: VALUES.map((value, index) => joinFields(value, '1'.repeat(index % ZONES.length))),
  tokens: [
    '*',
    '/',
    '-',
    ',',
    ' ',
    '0',
    '59',
    '31',
    '29 2',
    'MON',
    'jan',
    'L',
    '#',
    '?',
    'W',
    '@daily',
    'T',
    'Z',
    '+02:00',
    ':',
    '.5',
    '2026-',
    '0001-',
    '9999-',
    'm',
    'h',
    'd',
    'ms',
    '99999',
    '\x1e1',
  ],
  maxBytes: 4_096,
  check(input) {
    const [value = '', choice = ''] = splitFields(input, 2);
    const timeZone = ZONES[choice.length % ZONES.length] ?? 'UTC';
    for (const type of SCHEDULE_TYPES) demandSlots(type, value, timeZone);
  },
};

function demandSlots(type: (typeof SCHEDULE_TYPES)[number], value: string, timeZone: string): void {
  const setting = { timeZone, anchorAt: NOW };
  const read = readSchedule(type, value, setting);
  if (!read.ok)
    return demand(read.error.endsWith('.') && read.error !== '.', 'a refusal without a sentence');
  const restored = restoreSchedule(type, value, setting);
  let at = NOW;
  for (let slot = 0; slot < 3; slot += 1) {
    const next = nextSlotOf(read.schedule, at);
    demand(next === nextSlotOf(restored, at), 'a stored schedule has other slots');
    if (next === undefined) break;
    demand(
      Number.isSafeInteger(next) && next > at && next % 1_000 === 0,
      'a slot that is no later second',
    );
    at = next;
  }
  const input = {
    prompt: 'x',
    scheduleType: type,
    scheduleValue: value,
    contextMode: 'group',
  } as const;
  const planned = planTask(input, { now: NOW, timeZone });
  demand(planned.ok === at > NOW, 'a task without a slot, or a slot without a task');
}
