import { runCommand } from '../../world/run-command.ts';
import type { HostSite } from './host-site.ts';

/** What `deckhand why` shows the owner of a message beside the running host; undefined where it knows nothing of it. */
export async function tellWhy(
  { world }: HostSite,
  id: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { code, output } = await runCommand(world.config, ['why', id, '--text'], signal);
  return code === 0 ? output : undefined;
}
