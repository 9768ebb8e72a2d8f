import type { Credential, UsableCredential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import { parseModelName } from '../core/models/model-ref.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { Run, Runs } from '../db/runs.ts';
import type { Logger } from '../logger.ts';
import type { Admission, Gateway } from '../ports.ts';
import { attemptId } from './claim-run.ts';

export interface ReadmissionsDeps {
  readonly runs: Pick<Runs, 'running'>;
  readonly gateway: Pick<Gateway, 'admit'>;
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly resolveCredential: (group: RegisteredGroup, route: ModelRoute) => Promise<Credential>;
  readonly tokensLeft: (group: RegisteredGroup) => number | undefined;
  readonly logger: Logger;
}

/** Attempts that an earlier host began, at their doors again: their containers go on with the tokens that they have. */
export interface Readmissions {
  /**
   * Opens the doors of the runs in these folders, whose containers have one. An attempt that cannot be let through stays
   * without its model and ends by itself. Never rejects.
   */
  open(folders: ReadonlySet<string>): Promise<void>;
  /** Now the caller's to dispose. Undefined when the run's agent needs no door, or is not let through. */
  take(run: Pick<Run, 'id'>): Admission | undefined;
}

/** An agent hears at once that there is none, and its run goes on to another model. */
const NO_CREDENTIAL: UsableCredential = {
  ok: true,
  secrets: {},
  onRefused: () => Promise.resolve('over'),
};

export function createReadmissions(deps: ReadmissionsDeps): Readmissions {
  const admissions = new Map<string, Admission>();
  const open = async (run: Run) => {
    const admission = await readmit(deps, run);
    if (admission !== undefined) admissions.set(run.id, admission);
  };
  return {
    async open(folders) {
      const left = deps.runs.running().filter(({ folder }) => folders.has(folder));
      await Promise.all(left.map(open));
    },
    take({ id }) {
      const admission = admissions.get(id);
      admissions.delete(id);
      return admission;
    },
  };
}

async function readmit(deps: ReadmissionsDeps, run: Run): Promise<Admission | undefined> {
  const group = deps.findGroup(run.chatJid);
  const route = routeOf(run);
  if (group?.folder !== run.folder || route === undefined) return undefined;
  const { logger } = deps;
  try {
    const found = await deps.resolveCredential(group, route);
    const credential = found.ok ? found : NO_CREDENTIAL;
    if (!found.ok)
      logger.warn({ runId: run.id, reason: found.detail }, 'a run that goes on has no credential');
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
