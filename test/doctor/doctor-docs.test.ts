import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../src/cli/cli-world.fixture.ts';
import { FINDING_IDS } from '../../src/cli/doctor/finding-ids.ts';
import { doctorReportSchema } from '../../src/cli/doctor/report.ts';

const document = readFileSync(join(PROJECT_ROOT, 'docs/doctor.md'), 'utf8');

test('the document lists every finding that doctor can make, and no other', () => {
  const listed = [...document.matchAll(/^\| `([a-z]+\.[a-z]+)` \|/gm)].map(([, id]) => id);
  expect(listed).toEqual([...FINDING_IDS]);
});

test('the report in the document has the format of the reports', () => {
  const [, example = ''] = /```json\n(.+?)\n```/s.exec(document) ?? [];
  expect(doctorReportSchema.safeParse(JSON.parse(example)).success).toBe(true);
});

test('every finding is made by a fault in some test', () => {
  const tests = ['src/cli/doctor', 'test/doctor', 'test/docker'].flatMap((folder) =>
    readdirSync(join(PROJECT_ROOT, folder))
      .filter((name) => /(\.test|-faults)\.ts$/.test(name) && name !== 'doctor-docs.test.ts')
      .map((name) => readFileSync(join(PROJECT_ROOT, folder, name), 'utf8')),
  );
  const missing = FINDING_IDS.filter((id) => !tests.some((text) => text.includes(`'${id}`)));
  expect(missing).toEqual([]);
});
