import type { Command } from 'commander';
import { type CliContext, type Finish, hasColours, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { examine } from './examine.ts';
import { renderFindings } from './render.ts';

export function addDoctorCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('doctor')
    .summary('find what does not work and say how to mend it')
    .description(
      'Looks at everything that Deckhand needs and says how to mend what does not work. Changes nothing; ' +
        `works while the host is down. Exit code ${EXIT.failed}: there is a problem.`,
    )
    .option('--json', 'print as JSON')
    .action(async (options: { json?: boolean }) => {
      const findings = await examine(context, {
        nodeVersion: process.versions.node,
        platform: process.platform,
        uid: process.getuid?.(),
        timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      });
      const hasProblem = findings.some(({ status }) => status === 'problem');
      if (options.json) writeJson(context, { ok: !hasProblem, findings });
      else context.stdout(renderFindings(findings, hasColours(context)));
      finish(hasProblem ? EXIT.failed : EXIT.ok);
    });
}
