import type { EgressPolicy } from '../core/egress.ts';
import { egressPolicyOf } from '../core/egress-policy.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { NoteDenial } from '../egress/note-denials.ts';
import { createSystemEgress } from '../egress/system-egress.ts';
import { createGateway } from '../gateway/gateway.ts';
import { createModelProxy } from '../model-proxy/model-proxy.ts';
import { createUpstream } from '../model-proxy/upstream.ts';
import type { Gateway } from '../ports.ts';
import type { AppBase } from './base.ts';
import type { Outlets } from './outlets.ts';

export interface GatewayParts {
  readonly outlets: Outlets;
  readonly doorFolder: (folder: string) => string;
  /** Makes the tokens of attempts. */
  readonly key: string;
  readonly findByFolder: (folder: string) => RegisteredGroup | undefined;
  readonly noteDenial: NoteDenial;
}

/** What a group may reach that is registered no more. */
const NOTHING: EgressPolicy = { kind: 'model-only' };

/** The way of agents to their models and outside. */
export function createAppGateway(
  { config, logger, now }: Pick<AppBase, 'config' | 'logger' | 'now'>,
  { outlets, doorFolder, key, findByFolder, noteDenial }: GatewayParts,
): Gateway {
  const upstream = createUpstream();
  const { policy, privateHosts } = config.egress;
  const policyOf = (folder: string): EgressPolicy => {
    const group = findByFolder(folder);
    return group === undefined ? NOTHING : egressPolicyOf(group, policy);
  };
  const gateway = createGateway({
    doorFolder,
    key,
    serves: (group) => outlets.hasDoor(group),
    openModel: createModelProxy({ servers: config, upstream, policyOf, now, logger }),
    serveOutside: createSystemEgress({ privateHosts, logger, now }),
    policyOf,
    onDenied: ({ runId, group }, denial) => noteDenial({ runId, folder: group.folder }, denial),
    logger,
  });
  return {
    ...gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}
