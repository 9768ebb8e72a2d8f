import { z } from 'zod';
import type { Finding } from './finding.ts';
import { FINDING_IDS } from './finding-ids.ts';

const findingSchema = z.strictObject({
  /** One of the names in docs/doctor.md, or `<check>.ok`. The same one can come several times. */
  id: z.union([z.enum(FINDING_IDS), z.templateLiteral([z.string(), '.ok'])]),
  check: z.string().regex(/^[a-z]+$/),
  status: z.enum(['ok', 'warning', 'problem']),
  detail: z.string().min(1),
  /** Absent when all is well. */
  mend: z
    .strictObject({
      text: z.string().min(1),
      /** For a shell in the folder of the installation; `<…>` is to be filled in. */
      commands: z.array(z.string().min(1)),
    })
    .optional(),
  /** What `--fix` has done about it. */
  fixed: z.string().min(1).optional(),
});

/** What `doctor --json` prints. Fields are added to, never changed. */
export const doctorReportSchema = z.strictObject({
  /** Whether nothing is left that is a problem. */
  ok: z.boolean(),
  findings: z.array(findingSchema),
});

export type DoctorReport = z.infer<typeof doctorReportSchema>;

export function toReport(findings: readonly Finding[]): DoctorReport {
  return { ok: !findings.some(isOpenProblem), findings: findings.map(toReported) };
}

/** A problem that `--fix` has not mended. */
export function isOpenProblem({ status, fixed }: Finding): boolean {
  return status === 'problem' && fixed === undefined;
}

function toReported(finding: Finding): DoctorReport['findings'][number] {
  const { id, check, status, detail, mend, fixed } = finding;
  return {
    id,
    check,
    status,
    detail,
    ...(mend === undefined ? {} : { mend: toMend(mend) }),
    ...(fixed === undefined ? {} : { fixed }),
  };
}

function toMend(mend: string): { text: string; commands: string[] } {
  const lines = mend.split('\n');
  const commands = lines.flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));
  const text = lines.filter((line) => !line.startsWith('$ ')).join(' ');
  return { text: text === '' ? 'Run this.' : text, commands };
}
