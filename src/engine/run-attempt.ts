import type { Now } from '../clock.ts';
import type { UsableCredential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { DescribeModel } from '../core/models/traits.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Media } from '../db/media.ts';
import type { Outbox } from '../db/outbox.ts';
import type { Run } from '../db/runs.ts';
import type { Sessions } from '../db/sessions.ts';
import type { TaskRuns } from '../db/task-runs.ts';
import type { Tasks } from '../db/tasks.ts';
import type { RunHandlers, RunOutcome } from '../ports.ts';
import type { RandomBytes } from '../random.ts';
import type { ReportActivity } from './activity.ts';
import { buildPrompt } from './build-prompt.ts';
import { buildRequest, type RequestSettings } from './build-request.ts';
import { buildTaskPrompt } from './build-task-prompt.ts';
import { attemptId } from './claim-run.ts';
import type { MediaDownloads } from './media-downloads.ts';
import { type RunAgentDeps, runAgent } from './run-agent.ts';

/** Longest wait for files of the run's messages; what comes later is said to be missing. */
const DOWNLOADS_MS = 30_000;

export interface RunAttemptDeps extends RunAgentDeps {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly media: Media;
  readonly downloads: Pick<MediaDownloads, 'waitForRun'>;
  readonly sessions: Sessions;
  readonly tasks: Tasks;
  readonly taskRuns: TaskRuns;
  readonly tokensLeft: (group: RegisteredGroup) => number | undefined;
  readonly settings: RequestSettings & { readonly historyMessages: number };
  readonly describeModel: DescribeModel;
  readonly readGlobalMemory: () => Promise<string>;
  readonly now: Now;
  readonly report: ReportActivity;
  readonly stopping: AbortSignal;
  readonly randomBytes: RandomBytes;
}

export interface AttemptParts {
  readonly group: RegisteredGroup;
  readonly run: Run;
  readonly route: ModelRoute;
  readonly credential: UsableCredential;
}

/** Asks the agent once. */
export async function runAttempt(
  deps: RunAttemptDeps,
  { group, run, route, credential }: AttemptParts,
  handlers: RunHandlers,
): Promise<RunOutcome> {
  await deps.downloads.waitForRun(run.id, DOWNLOADS_MS, deps.stopping);
  const timeZone = group.timeZone ?? deps.settings.timeZone;
  const encoding = { ...deps, ...deps.settings, timeZone };
  const taskPrompt = run.kind === 'task' ? buildTaskPrompt(encoding, run) : undefined;
  const isIsolated = taskPrompt?.task.contextMode === 'isolated';
  const request = buildRequest(deps.settings, {
    attemptId: attemptId(run),
    group,
    route,
    traits: deps.describeModel(route.ref),
    credential,
    prompt: taskPrompt ?? buildPrompt(encoding, run),
    globalMemory: await deps.readGlobalMemory(),
    sessionId: isIsolated ? undefined : deps.sessions.get(run.folder, run.provider),
    task: taskPrompt?.task,
  });
  // A host that stops closes its doors, which is no failure of the attempt.
  if (deps.stopping.aborted) return { status: 'detached' };
  deps.report({ type: 'container_asked', chatJid: run.chatJid, runId: run.id });
  const entry = { attemptId: request.runId, runId: run.id, group, route, credential };
  const never = new AbortController().signal;
  const tokensLeft = deps.tokensLeft(group);
  return runAgent(deps, { ...entry, tokensLeft }, request, handlers, never);
}
