import { formatRegistrations, parseRegistrations } from '../../../src/registrations/text.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { demandSaneObjects } from '../sane-objects.ts';

const FOLDER = /^[a-z0-9][a-z0-9_-]{0,63}$/;

const MAIN = { name: 'Main', folder: 'main', added_at: '2026-11-21T10:00:00.000Z' };
const PLAIN = { name: 'B', folder: 'b' };
const FAMILY = {
  name: 'Familie 👨‍👩‍👧',
  folder: 'family',
  trigger: '@Andy',
  requiresTrigger: true,
  provider: 'codex',
  providerConfig: { codex: { approvalPolicy: 'auto', authMethod: 'chatgpt' } },
  model: { primary: 'openai/gpt-6.1-sol', fallbacks: ['anthropic/claude-sonnet-5'] },
  timeZone: 'America/New_York',
  senders: { allow: ['+49 151 12345678'], mode: 'drop' },
  admins: ['4915112345678@s.whatsapp.net'],
  budget: { runsPerDay: 20, tokensPerDay: 1_000_000 },
};
const WORK = {
  name: 'Work',
  folder: 'work-2',
  isMain: false,
  containerConfig: {
    additionalMounts: [{ hostPath: '~/work', containerPath: 'work', readonly: true }],
    timeout: 60_000,
    memoryMb: 512,
    cpus: 0.5,
    credentials: 'proxy',
  },
  egress: { policy: 'allowlist', hosts: ['example.org', '*.example.org:8443'] },
};

/** The text of `registered_groups.json`. */
export const registrationsTarget: FuzzTarget = {
  name: 'registrations',
  corpus: [
    JSON.stringify({ '1@g.us': MAIN, '2@g.us': FAMILY, '3@g.us': WORK }),
    JSON.stringify({ '2@g.us': FAMILY }),
    JSON.stringify({ '3@g.us': WORK }, undefined, 2),
    JSON.stringify({
      '1@g.us': { name: 'A', folder: 'main' },
      '2@lid': { ...PLAIN, isMain: false },
    }),
    '{}',
  ],
  tokens: [
    '"1@g.us":',
    '"folder":"main"',
    '"folder":"../x"',
    '"isMain":true',
    '"__proto__":{}',
    '"hosts":["*"]',
    '{',
    '}',
    '"',
    ':',
    ',',
    '\\"',
    '\\u0022',
    '// x\n',
    '\ufeff',
  ],
  maxBytes: 65_536,
  check(input) {
    const read = parseRegistrations(input.toString('utf8'));
    demandSaneObjects();
    if (!read.ok) return demand(read.problems.length > 0, 'refused without a reason');
    const groups = [...read.groups.values()];
    const folders = groups.map(({ folder }) => folder);
    demand(
      folders.every((folder) => FOLDER.test(folder)),
      'a folder that leads elsewhere',
    );
    demand(new Set(folders).size === folders.length, 'two groups in one folder');
    demand(groups.filter(({ isMain }) => isMain).length <= 1, 'two main groups');
    const again = parseRegistrations(formatRegistrations(read.raw));
    const isSame =
      again.ok && JSON.stringify([...again.groups]) === JSON.stringify([...read.groups]);
    demand(isSame, 'what is written back reads otherwise');
  },
};
