import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkHost } from '../../src/app/link.ts';
import { systemNow } from '../../src/clock.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { hostPaths } from '../../src/paths.ts';
import { editRegistrations } from '../../src/registrations/edit.ts';
import {
  type Group,
  type Phone,
  startWhatsAppServer,
  type WhatsAppServer,
} from '../loopback/whatsapp/server.ts';

const PROJECT_ROOT = join(import.meta.dirname, '..', '..');

const PEOPLE = ['Ana', 'Ben', 'Cleo', 'Dan'];
const GROUPS = ['Family', 'Work', 'Club', 'School', 'House', 'Team'];

/** WhatsApp with people and groups, and an installation that is linked to it and knows the groups. */
export interface CrashWorld extends AsyncDisposable {
  readonly projectRoot: string;
  /** Holds everything: the installation in `home`, logs, sockets. */
  readonly folder: string;
  readonly config: Config;
  /** What `config` was read from. */
  readonly env: Readonly<Record<string, string>>;
  readonly whatsapp: WhatsAppServer;
  readonly groups: readonly Group[];
  /** Leaves the folder where it is when the world is disposed. */
  keep(): void;
}

export async function openCrashWorld(signal: AbortSignal): Promise<CrashWorld> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'deckhand-crash-loop-'));
  let isKept = false;
  stack.defer(async () => {
    if (!isKept) await rm(folder, { recursive: true, force: true });
  });
  const whatsapp = stack.use(await startWhatsAppServer());
  const env = environmentOf(join(folder, 'home'), whatsapp.url);
  const config = loadConfig(env, PROJECT_ROOT);
  await link(config, whatsapp, signal);
  const groups = addGroups(whatsapp);
  await register(config, groups, signal);
  const resources = stack.move();
  return {
    projectRoot: PROJECT_ROOT,
    folder,
    config,
    env,
    whatsapp,
    groups,
    keep: () => void (isKept = true),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Fewer places than groups, so that some wait for others. */
function environmentOf(home: string, whatsappUrl: string): Record<string, string> {
  return {
    DECKHAND_HOME: home,
    WHATSAPP_URL: whatsappUrl,
    ANTHROPIC_API_KEY: 'loopback-anthropic-key',
    MAX_CONCURRENT_CONTAINERS: '4',
    // Its clock runs ahead of the server's, so that every question would look late after a gap.
    MENTION_FRESH_MINUTES: '0',
    // They ask faster than people do.
    RATE_LIMIT_SENDER: 'off',
    RATE_LIMIT_GROUP: 'off',
    TZ: 'UTC',
    LOG_LEVEL: 'info',
  };
}

async function link(config: Config, whatsapp: WhatsAppServer, signal: AbortSignal): Promise<void> {
  const scans: Promise<void>[] = [];
  const onQr = (qr: string) => void scans.push(whatsapp.scanQr(qr));
  const outcome = await linkHost(config, { kind: 'qr', onQr }, createLogger('silent'), signal);
  await Promise.all(scans);
  if (outcome.status !== 'linked') throw new Error(`not linked: ${JSON.stringify(outcome)}`);
}

/** Everybody is in every group; half of the groups name people by their phone numbers. */
function addGroups(whatsapp: WhatsAppServer): Group[] {
  const members: Phone[] = PEOPLE.map((name, index) =>
    whatsapp.addPhone({ name, phoneNumber: `1555000010${index}` }),
  );
  return GROUPS.map((subject, index) =>
    whatsapp.addGroup({ subject, members, addressingMode: index % 2 === 0 ? 'lid' : 'pn' }),
  );
}

/** Half of the groups show receipts. */
async function register(
  config: Config,
  groups: readonly Group[],
  signal: AbortSignal,
): Promise<void> {
  const target = { path: hostPaths(config.home).registrations, now: systemNow };
  for (const [index, { jid, subject }] of groups.entries()) {
    const fields = { jid, name: subject, folder: subject.toLowerCase(), receipts: index < 3 };
    const outcome = await editRegistrations(target, { type: 'add', group: fields }, signal);
    if (outcome.status !== 'saved') throw new Error(JSON.stringify(outcome));
  }
}
