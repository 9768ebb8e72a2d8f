import { Readable } from 'node:stream';
import { runCli } from '../../../src/cli/run-cli.ts';
import { systemNow } from '../../../src/clock.ts';
import { projectRoot } from '../../docker/engine.ts';
import type { HostSite } from './host-site.ts';

/** What `deckhand why` shows the owner of a message beside the running host; undefined where it knows nothing of it. */
export async function tellWhy(
  { world }: HostSite,
  id: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const parts: string[] = [];
  const write = (part: string) => void parts.push(part);
  const code = await runCli(['node', 'deckhand', 'why', id, '--text'], {
    loadConfig: () => world.config,
    environment: { DECKHAND_HOME: world.config.home },
    projectRoot,
    stdout: write,
    stderr: write,
    isTty: false,
    stdin: Readable.from([]),
    isStdinTty: false,
    now: systemNow,
    signal,
  });
  return code === 0 ? parts.join('') : undefined;
}
