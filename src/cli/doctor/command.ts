import type { Command } from 'commander';
import { terminalText } from '../../core/terminal-text.ts';
import { type CliContext, type Finish, hasColours, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';
import { applyFixes, mergeLooks } from './fix.ts';
import { lookAtMachine } from './machine.ts';
import { createMayRemove } from './may-remove.ts';
import { renderFindings } from './render.ts';
import { isOpenProblem, toReport } from './report.ts';

interface DoctorOptions {
  readonly fix?: boolean;
  readonly yes?: boolean;
  readonly quick?: boolean;
  readonly offline?: boolean;
  readonly json?: boolean;
}

export function addDoctorCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('doctor')
    .summary('find what does not work and say how to mend it')
    .description(
      'Looks at everything that Deckhand needs and says how to mend what does not work. Works while the host ' +
        `runs and while it is down. Exit code ${EXIT.failed}: there is a problem.`,
    )
    .option('--fix', 'mend what can be mended safely, then look again')
    .option('--yes', 'with --fix: remove what nobody needs without asking')
    .option('--quick', 'start no containers')
    .option('--offline', 'ask no server, neither for models nor of WhatsApp')
    .option('--json', 'print as JSON')
    .action(async (options: DoctorOptions) => {
      const findings = await diagnose(context, options);
      if (options.json) writeJson(context, toReport(findings));
      else context.stdout(renderFindings(findings, hasColours(context)));
      finish(findings.some(isOpenProblem) ? EXIT.failed : EXIT.ok);
    });
}

async function diagnose(context: CliContext, options: DoctorOptions): Promise<readonly Finding[]> {
  const { fix = false, yes = false, quick = false, offline = false } = options;
  const look = () => examine(context, lookAtMachine(), { isQuick: quick, isOffline: offline });
  const found = await look();
  if (!fix) return found.flatMap(({ findings }) => findings);
  const deps = {
    mayRemove: createMayRemove(context, yes),
    onFailure: ({ check }: Finding, reason: string) =>
      context.stderr(`Not mended (${check}): ${terminalText(reason)}\n`),
  };
  const mended = await applyFixes(deps, found, context.signal);
  const hasMended = mended.some(({ findings }) =>
    findings.some(({ fixed }) => fixed !== undefined),
  );
  return hasMended ? mergeLooks(mended, await look()) : found.flatMap(({ findings }) => findings);
}
