import { listOwnContainers, type OwnContainer } from '../../containers/own-containers.ts';
import type { CoolingModel } from '../../core/fallback.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { createCredentialStore } from '../../credentials/file-credential-store.ts';
import type { Db } from '../../db/database.ts';
import { createInbox } from '../../db/inbox.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { findLinkState, type LinkState } from '../../db/link-state.ts';
import { createModelStore } from '../../db/models.ts';
import { createRuns, type Run } from '../../db/runs.ts';
import { countPendingOutbox, findInstallationId } from '../../db/status-counts.ts';
import { readWaCreds } from '../../db/wa-keys.ts';
import { loadRegistrations } from '../../registrations/edit.ts';
import { formatProblems } from '../../registrations/text.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';
import { connectEngine } from '../engine-client.ts';
import { describeLink, type Link } from '../linked-account.ts';
import { listProfiles } from '../login/read-sign-ins.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface GroupStatus {
  readonly folder: string;
  readonly name: string;
  readonly jid: string;
  readonly provider: string;
  readonly isMain: boolean;
  /** The run that goes on. Times in unix milliseconds. */
  readonly run: {
    readonly id: string;
    readonly createdAt: number;
    readonly attempt: number;
    /** `provider/model`; null before one was chosen. */
    readonly model: string | null;
  } | null;
  /** Whether messages wait for the next run. */
  readonly isWaiting: boolean;
}

/** What `status --json` prints. */
export interface Status {
  readonly host: { readonly isRunning: boolean };
  readonly link: Link;
  /** WhatsApp has ended the link for good, and nothing comes in until a person acts; null when it has not. */
  readonly linkEnd: LinkEnd | null;
  readonly groups: readonly GroupStatus[];
  readonly runs: { readonly running: number; readonly waiting: number };
  readonly outbox: { readonly pending: number };
  /** Runs that were started in the last 24 hours, by how they ended. */
  readonly last24Hours: { readonly answered: number; readonly failed: number };
  /** Models that are not asked before `until`, unix milliseconds. */
  readonly cooling: readonly CoolingModel[];
  /** Stored credentials that cannot be used. */
  readonly credentials: readonly CredentialTrouble[];
  /** Of this installation; null when no engine answers. */
  readonly containers: readonly OwnContainer[] | null;
  /** What kept parts of this from being read. */
  readonly problems: readonly string[];
}

interface LinkEnd {
  /** Unix milliseconds. */
  readonly at: number;
  readonly reason: string;
  /** What to do, in whole sentences. */
  readonly mend: string;
}

/** `profile` with the group's folder behind a slash when it is the group's own. */
interface CredentialTrouble {
  readonly profile: string;
  readonly reason: string;
  readonly mend: string;
}

interface Snapshot {
  readonly cooling: readonly CoolingModel[];
  readonly storedLink: string | undefined;
  readonly linkState: LinkState | undefined;
  readonly running: readonly Run[];
  readonly waitingChats: readonly string[];
  readonly pendingOutbox: number;
  readonly answered: number;
  readonly failed: number;
  readonly installationId: string | undefined;
}

const EMPTY: Snapshot = {
  cooling: [],
  storedLink: undefined,
  linkState: undefined,
  running: [],
  waitingChats: [],
  pendingOutbox: 0,
  answered: 0,
  failed: 0,
  installationId: undefined,
};

/** Reads the state of the installation; works while a host is running as well as without one. */
export async function readStatus(context: CliContext): Promise<Status> {
  const paths = installationPaths(context);
  const problems: string[] = [];
  const snapshot = readSnapshot(context, problems);
  const registered = await loadRegistrations(paths.registrations);
  if (!registered.ok)
    problems.push(`${paths.registrations}: ${formatProblems(registered.problems)}`);
  const groups = registered.ok ? [...registered.groups.values()] : [];
  return {
    host: { isRunning: isHostRunning(paths.lock) },
    link: await describeLink(snapshot.storedLink),
    linkEnd: pickLinkEnd(snapshot.linkState),
    groups: groups.map((group) => toGroupStatus(group, snapshot)),
    runs: { running: snapshot.running.length, waiting: snapshot.waitingChats.length },
    outbox: { pending: snapshot.pendingOutbox },
    last24Hours: { answered: snapshot.answered, failed: snapshot.failed },
    cooling: snapshot.cooling,
    credentials: await readTroubles(paths.credentials),
    containers: await readContainers(context, snapshot.installationId),
    problems,
  };
}

function readSnapshot(context: CliContext, problems: string[]): Snapshot {
  try {
    const { database } = installationPaths(context);
    return readDatabase(database, (db) => takeSnapshot(db, context.now())) ?? EMPTY;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    problems.push(error.message);
    return EMPTY;
  }
}

function takeSnapshot(db: Db, now: number): Snapshot {
  const runs = createRuns(db);
  const counts = new Map(runs.countsSince(now - DAY_MS).map(({ state, count }) => [state, count]));
  return {
    cooling: createModelStore(db).listCooling(now),
    storedLink: readWaCreds(db),
    linkState: findLinkState(db),
    running: runs.running(),
    waitingChats: createInbox(db).pendingChats(),
    pendingOutbox: countPendingOutbox(db),
    answered: counts.get('answered') ?? 0,
    failed: counts.get('failed') ?? 0,
    installationId: findInstallationId(db),
  };
}

function pickLinkEnd(state: LinkState | undefined): LinkEnd | null {
  if (state?.status !== 'stopped') return null;
  const { at, reason, mend } = state;
  return { at, reason, mend };
}

function toGroupStatus(group: RegisteredGroup, snapshot: Snapshot): GroupStatus {
  const { folder, name, jid, provider, isMain } = group;
  const run = snapshot.running.find((candidate) => candidate.chatJid === jid);
  return {
    folder,
    name,
    jid,
    provider,
    isMain,
    run: run ? pickRun(run) : null,
    isWaiting: snapshot.waitingChats.includes(jid),
  };
}

function pickRun({ id, createdAt, attempt, model }: Run): GroupStatus['run'] {
  return { id, createdAt, attempt, model };
}

/** Only what a person has to mend; `deckhand login status` has the rest. */
async function readTroubles(credentials: string): Promise<CredentialTrouble[]> {
  const profiles = await listProfiles(createCredentialStore({ folder: credentials }));
  return profiles.flatMap(({ provider, folder, problem }) => {
    const profile = folder === undefined ? provider : `${provider}/${folder}`;
    return problem === undefined ? [] : [{ profile, ...problem }];
  });
}

/** A machine without an engine has no containers to show; `doctor` is who complains. */
async function readContainers(
  context: CliContext,
  installationId: string | undefined,
): Promise<readonly OwnContainer[] | null> {
  if (installationId === undefined) return [];
  const connect = () => connectEngine(context);
  return (await listOwnContainers(connect, installationId, context.signal)) ?? null;
}
