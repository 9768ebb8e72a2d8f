import type { Credential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import { parseModelName } from '../core/models/model-ref.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { Run } from '../db/runs.ts';
import type { Logger } from '../logger.ts';
import type { Admission, Gateway } from '../ports.ts';
import { attemptId } from './claim-run.ts';

export interface ReadmitDeps {
  readonly gateway: Pick<Gateway, 'serves' | 'admit'>;
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly resolveCredential: (group: RegisteredGroup, route: ModelRoute) => Promise<Credential>;
  readonly tokensLeft: (group: RegisteredGroup) => number | undefined;
  readonly logger: Logger;
}

/**
 * Opens the door again for an attempt that an earlier host began: its container goes on with the token it has.
 * Undefined when it needs none, and when it cannot be let through: then its model stays out of reach, and it ends by itself.
 */
export async function readmit(deps: ReadmitDeps, run: Run): Promise<Admission | undefined> {
  const group = deps.findGroup(run.chatJid);
  const route = routeOf(run);
  if (group === undefined || route === undefined || !deps.gateway.serves(group)) return undefined;
  const { logger } = deps;
  try {
    const credential = await deps.resolveCredential(group, route);
    if (!credential.ok) {
      logger.warn(
        { runId: run.id, reason: credential.detail },
        'a run that goes on has no credential',
      );
      return undefined;
    }
    const attempt = { attemptId: attemptId(run), runId: run.id, group, route, credential };
    const tokensLeft = deps.tokensLeft(group);
    return await deps.gateway.admit({ ...attempt, tokensLeft, isAdopted: true });
  } catch (error) {
    logger.error({ runId: run.id, err: error }, 'the door of a run that goes on cannot be opened');
    return undefined;
  }
}

function routeOf({ model, provider }: Run): ModelRoute | undefined {
  if (model === null) return undefined;
  const parsed = parseModelName(model);
  return parsed.ok ? { ref: parsed.ref, name: model, agent: provider } : undefined;
}
