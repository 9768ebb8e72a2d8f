import { readWaCreds } from '../../db/wa-keys.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';
import { describeLink, type Link } from '../linked-account.ts';
import { secureSignatures } from '../start.ts';

/** As whom the installation is linked. Looking loads Baileys, whose signatures a later step needs replaced. */
export async function readStoredLink(context: CliContext): Promise<Link> {
  await secureSignatures(context.loadConfig().whatsappUrl);
  return describeLink(readDatabase(installationPaths(context).database, readWaCreds));
}
