import type { AskApp } from '../../app/ask.ts';
import type { Config } from '../../config.ts';
import type { GroupMap } from '../../core/registration.ts';
import { createLogger } from '../../logger.ts';
import type { CliContext } from '../context.ts';
import { say } from './progress.ts';

/** What a command asks with. What it has to wait for is told on standard error. */
export async function openForCommand(
  context: CliContext,
  config: Config,
  groups: GroupMap,
): Promise<AskApp> {
  const { openAskApp } = await import('../../app/ask.ts');
  // What is worth a line for a person is said in words; the log is for who looks for a fault.
  const level = config.logLevel === 'info' ? 'error' : config.logLevel;
  return openAskApp(config, {
    projectRoot: context.projectRoot,
    groups,
    logger: createLogger(level, { secrets: Object.values(config.secrets) }),
    now: context.now,
    onProgress: (line) => say(context, `building the agent image: ${line}`),
  });
}
