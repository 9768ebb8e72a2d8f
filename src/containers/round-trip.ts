import { randomBytes } from 'node:crypto';
import { lstat, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { z } from 'zod';
import type { AgentMount } from '../core/mounts.ts';
import { parseJson } from '../core/parse-json.ts';
import { isErrno } from '../errno.ts';
import type { AgentSpec } from './agent-runtime.ts';
import { buildContainerOptions, type ContainerSettings } from './container-options.ts';
import { errorText, isAlreadyDone } from './docker-errors.ts';
import { ROUND_TRIP_SCRIPT, type TrialPlan } from './round-trip-script.ts';

export interface RoundTripDeps {
  readonly docker: Docker;
  /** As for a run; `command` is replaced. */
  readonly settings: ContainerSettings;
}

/** What became of one mount. */
export type MountVerdict =
  /** Writable and written to, read, removed; or read-only and refused. */
  | { readonly status: 'ok' }
  /** `code` is the errno that the agents' user met. */
  | { readonly status: 'unwritable'; readonly code: string }
  /** It is given read-only and took a write all the same. */
  | { readonly status: 'exposed' }
  /** What was written is not in the folder on this machine. */
  | { readonly status: 'elsewhere' }
  /** What was written belongs to another user here. */
  | { readonly status: 'other_user'; readonly uid: number };

export interface MountTrial {
  readonly mount: AgentMount;
  readonly verdict: MountVerdict;
}

export type RoundTrip =
  | { readonly status: 'done'; readonly trials: readonly MountTrial[] }
  /** The container did not come to its end; `reason` is for people. */
  | { readonly status: 'failed'; readonly reason: string };

const reportSchema = z.strictObject({ uid: z.number(), codes: z.array(z.string().nullable()) });

/**
 * Starts a container exactly as for a run of the group, with a small program instead of the agent, and proves each
 * mount: what is writable takes a file that this machine then finds under the expected user, what is read-only
 * refuses. Leaves nothing behind. Rejects only when the signal aborts or a folder cannot be looked at.
 */
export async function tryMounts(
  deps: RoundTripDeps,
  spec: AgentSpec,
  signal: AbortSignal,
): Promise<RoundTrip> {
  const name = `.deckhand-doctor-${randomBytes(6).toString('hex')}`;
  const plans = await Promise.all(spec.mounts.map(planTrial));
  try {
    const output = await runTrial(deps, spec, name, plans, signal);
    const report = reportSchema.safeParse(parseJson(output));
    if (!report.success) return { status: 'failed', reason: firstLine(output) };
    const trials = spec.mounts.map(async (mount, index) => {
      const code = report.data.codes[index] ?? null;
      return { mount, verdict: await judge(mount, plans[index], code, name, deps.settings) };
    });
    return { status: 'done', trials: await Promise.all(trials) };
  } catch (error) {
    signal.throwIfAborted();
    return { status: 'failed', reason: errorText(error) };
  } finally {
    for (const { source } of spec.mounts) await removeLeft(source, name);
  }
}

async function planTrial({ source, target, isReadOnly }: AgentMount): Promise<TrialPlan> {
  return { target, isReadOnly, isFolder: (await stat(source)).isDirectory() };
}

/** What the program printed, both streams as they came. */
async function runTrial(
  { docker, settings }: RoundTripDeps,
  spec: AgentSpec,
  name: string,
  plans: readonly TrialPlan[],
  signal: AbortSignal,
): Promise<string> {
  const command = ['node', '-e', ROUND_TRIP_SCRIPT, name, JSON.stringify(plans)];
  const identity = { imageHash: 'unknown', fingerprint: 'round-trip', runId: 'round-trip' };
  const options = buildContainerOptions({ ...settings, command }, spec, identity);
  const container = await docker.createContainer(options);
  const over = new AbortController();
  const abortSignal = AbortSignal.any([signal, over.signal]);
  try {
    signal.throwIfAborted();
    const ended = container.wait({ condition: 'next-exit', abortSignal });
    await Promise.all([ended, container.start({ abortSignal })]);
    return readFrames(await container.logs({ stdout: true, stderr: true, abortSignal }));
  } finally {
    over.abort(new Error('the trial is over'));
    await remove(container);
  }
}

async function remove(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true });
  } catch (error) {
    if (!isAlreadyDone(error)) throw error;
  }
}

/** Docker's log without a terminal: frames of a header of 8 bytes, the last four of which are the length. */
function readFrames(log: Buffer): string {
  const texts: string[] = [];
  for (let at = 0; at + 8 <= log.length; ) {
    const end = at + 8 + log.readUInt32BE(at + 4);
    texts.push(log.subarray(at + 8, end).toString('utf8'));
    at = end;
  }
  return texts.join('');
}

async function judge(
  { source, isReadOnly }: AgentMount,
  plan: TrialPlan | undefined,
  code: string | null,
  name: string,
  { user }: ContainerSettings,
): Promise<MountVerdict> {
  if (isReadOnly) return code === null ? { status: 'exposed' } : { status: 'ok' };
  if (code !== null) return { status: 'unwritable', code };
  if (plan?.isFolder !== true) return { status: 'ok' };
  const uid = await ownerOf(join(source, name));
  if (uid === undefined) return { status: 'elsewhere' };
  return uid === user.uid ? { status: 'ok' } : { status: 'other_user', uid };
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    return (await lstat(path)).uid;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function removeLeft(source: string, name: string): Promise<void> {
  for (const left of [name, `${name}.gone`]) {
    try {
      await rm(join(source, left), { force: true });
    } catch (error) {
      // A mounted file has nothing in it; a folder of another user took nothing, or belongs to who can remove it.
      if (!isErrno(error, 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS')) throw error;
    }
  }
}

function firstLine(output: string): string {
  return output.trim().split('\n')[0]?.slice(0, 300) || 'its program said nothing';
}
