import type { Command } from 'commander';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { loadGroups } from '../groups/registry.ts';

export function addLoginStatusCommand(login: Command, context: CliContext, finish: Finish): void {
  login
    .command('status')
    .summary('show the sign-ins and which groups use them')
    .description(
      'Shows every sign-in and key, and which groups use it. Asks no server. Exit code ' +
        `${EXIT.notReady}: a registered group cannot sign in.`,
    )
    .option('--json', 'print as JSON')
    .action(async (options: { json?: boolean }) => {
      const { readSignIns } = await import('./read-sign-ins.ts');
      const { renderSignIns } = await import('./render-sign-ins.ts');
      const status = await readSignIns(context, [...(await loadGroups(context)).values()]);
      if (options.json) writeJson(context, status);
      else context.stdout(renderSignIns(status, context.loadConfig().timeZone));
      const areAllSignedIn = status.groups.every(({ uses }) => uses.length > 0);
      finish(areAllSignedIn ? EXIT.ok : EXIT.notReady);
    });
}
