import type { WhatsAppChannel } from '../channels/whatsapp/channel.ts';
import { systemAfter } from '../clock.ts';
import { Engine, type EngineDeps } from '../engine/engine.ts';
import { readGlobalMemory } from '../global-memory.ts';
import { createLogCensor } from '../log-censor.ts';
import { writeMediaFile } from '../media/media-folder.ts';
import { createSpool } from '../media/spool.ts';
import type { AgentRunner, Gateway } from '../ports.ts';
import { systemRandomBytes } from '../random.ts';
import type { Registrations } from '../registrations/registrations.ts';
import type { AppBase } from './base.ts';
import { createChatSignIn } from './chat-login.ts';
import type { Credentials } from './credentials.ts';
import { createCatalogDescription, createPlanRoutes } from './models.ts';

export interface HostEngineParts {
  readonly registrations: Registrations;
  readonly channel: WhatsAppChannel;
  readonly runner: AgentRunner;
  readonly gateway: Gateway;
  readonly credentials: Credentials;
}

/** The engine of a host, with what it takes from the parts of one. */
export function createHostEngine(
  base: AppBase,
  parts: HostEngineParts,
  hooks: Pick<EngineDeps, 'settleRequests' | 'recoveringRequests' | 'report'>,
): Engine {
  const { config, paths, logger } = base;
  return new Engine({
    ...base,
    ...hooks,
    channel: parts.channel,
    runner: parts.runner,
    gateway: parts.gateway,
    spool: createSpool({ root: paths.spool, logger }),
    writeMediaFile: (folder, name, bytes) => writeMediaFile(paths.groupFolder(folder), name, bytes),
    settings: config,
    censor: createLogCensor(Object.values(config.secrets)),
    after: systemAfter,
    randomBytes: systemRandomBytes,
    findGroup: (jid) => parts.registrations.get(jid),
    planRoutes: createPlanRoutes(base),
    describeModel: createCatalogDescription(base),
    resolveCredential: parts.credentials.resolve,
    signIn: createChatSignIn(base, parts.credentials.store),
    readGlobalMemory: () => readGlobalMemory(paths.globalMemory, logger),
  });
}
