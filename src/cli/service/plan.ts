import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { isServiceName, serviceName } from '../../service/service-name.ts';
import { isPlainPath, type ServicePlan, searchPath } from '../../service/service-plan.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { EXIT } from '../exit-code.ts';

export interface PlanOptions {
  /** Instead of the name that is made from the installation's folder. */
  readonly name?: string;
  readonly console?: boolean;
}

/** The name under which this installation's service is known. */
export function chooseName(context: CliContext, name: string | undefined): string {
  if (name === undefined) return serviceName(realHome(context));
  if (isServiceName(name)) return name;
  throw new CliError(
    EXIT.usage,
    'A service’s name has letters, digits, ".", "_" and "-" only, begins with a letter or digit and has at most 80.',
  );
}

export function planService(
  context: CliContext,
  options: PlanOptions,
  platform: NodeJS.Platform,
): ServicePlan {
  const projectRoot = realpathSync(context.projectRoot);
  const node = findNode(projectRoot);
  const plan = {
    name: chooseName(context, options.name),
    home: realHome(context),
    projectRoot,
    node,
    startArguments: options.console ? ['--console'] : [],
    searchPath: searchPath(node, platform === 'darwin'),
  };
  const odd = [plan.home, projectRoot, node].find((path) => !isPlainPath(path));
  if (odd === undefined) return plan;
  throw new CliError(
    EXIT.failed,
    'The folder’s name holds a control character, which a service definition cannot name. Rename the folder.',
  );
}

/** The same folder has one name, whatever links lead to it. */
export function realHome(context: CliContext): string {
  const { home } = installationPaths(context);
  return existsSync(home) ? realpathSync(home) : resolve(home);
}

/** The project's own Node: another one may go away with the next update of the system or of nvm. */
function findNode(projectRoot: string): string {
  const own = resolve(projectRoot, 'node_modules', 'node', 'bin', 'node');
  return existsSync(own) ? realpathSync(own) : process.execPath;
}
