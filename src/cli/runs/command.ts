import type { Command } from 'commander';
import type { CliContext, Finish } from '../context.ts';
import { addRunsListCommand } from './list.ts';
import { addRunsShowCommand } from './show.ts';

export function addRunsCommand(program: Command, context: CliContext, finish: Finish): void {
  const runs = program
    .command('runs')
    .summary('look at what agents have done')
    .description(
      'Shows the runs of agents: one per answer or time of a task. Works while the host is up or down.',
    );
  addRunsListCommand(runs, context, finish);
  addRunsShowCommand(runs, context, finish);
}
