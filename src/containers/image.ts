import type Docker from 'dockerode';
import { z } from 'zod';
import { ImageBuildError, isAlreadyDone, isNotFound } from './docker-errors.ts';
import { type ImageContext, readImageContext } from './image-context.ts';
import { LABELS } from './labels.ts';

const DOCKERFILE = 'container/Dockerfile';
/** Lines of build output kept for the error of a failed build. */
const KEPT_OUTPUT_LINES = 40;

/**
 * - `current`: built from the files as they are
 * - `outdated`: exists, but the code has changed since
 * - `foreign`: exists without a content hash, so somebody else built it
 */
export type ImageState =
  | { status: 'missing' }
  | { status: 'current' | 'outdated'; id: string; hash: string }
  | { status: 'foreign'; id: string };

export interface ImageDeps {
  readonly docker: Docker;
  readonly tag: string;
  /** Folder with package.json and container/. */
  readonly projectRoot: string;
}

export interface BuildImageDeps extends ImageDeps {
  /** What the Dockerfile starts from; its own default when absent. */
  readonly baseImage?: string | undefined;
  /** One line of build output, without a newline. */
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type BuiltImage =
  | { status: 'current' | 'built'; id: string; hash: string }
  | { status: 'foreign'; id: string };

const progressSchema = z.object({ stream: z.string().optional(), error: z.string().optional() });

async function stateOf(deps: ImageDeps, context: ImageContext): Promise<ImageState> {
  try {
    const found = await deps.docker.getImage(deps.tag).inspect();
    const hash = found.Config.Labels?.[LABELS.imageHash];
    if (hash === undefined) return { status: 'foreign', id: found.Id };
    return { status: hash === context.hash ? 'current' : 'outdated', id: found.Id, hash };
  } catch (error) {
    if (isNotFound(error)) return { status: 'missing' };
    throw error;
  }
}

/** Compares the image with the code. Rejects when the engine does not answer. */
export async function inspectImage(deps: ImageDeps): Promise<ImageState> {
  return stateOf(deps, await readImageContext(deps.projectRoot));
}

/**
 * Builds the image when it is missing or older than the code. A foreign one is used as it is: its tag belongs
 * to whoever built it. Rejects with the end of the build output when a build fails.
 */
export async function ensureImage(deps: BuildImageDeps): Promise<BuiltImage> {
  const context = await readImageContext(deps.projectRoot);
  const before = await stateOf(deps, context);
  if (before.status === 'current') return { status: 'current', id: before.id, hash: before.hash };
  if (before.status === 'foreign') return before;
  await build(deps, context);
  if (before.status === 'outdated') await removeSuperseded(deps, before.id);
  const after = await stateOf(deps, context);
  if (after.status !== 'current')
    throw new Error(`image ${deps.tag} is ${after.status} after a build`);
  return { status: 'built', id: after.id, hash: after.hash };
}

/** An image of ours that lost its only tag is of no use, unless a container still runs from it. */
async function removeSuperseded(deps: ImageDeps, id: string): Promise<void> {
  try {
    const image = deps.docker.getImage(id);
    const { RepoTags } = await image.inspect();
    if (RepoTags.length === 0) await image.remove();
  } catch (error) {
    if (!isAlreadyDone(error)) throw error;
  }
}

async function build(deps: BuildImageDeps, context: ImageContext): Promise<void> {
  const output = await deps.docker.buildImage(
    { context: deps.projectRoot, src: [...context.files] },
    {
      t: deps.tag,
      dockerfile: DOCKERFILE,
      labels: { [LABELS.imageHash]: context.hash },
      forcerm: true,
      ...(deps.baseImage === undefined ? {} : { buildargs: { BASE_IMAGE: deps.baseImage } }),
      ...(deps.signal === undefined ? {} : { abortSignal: deps.signal }),
    },
  );
  try {
    await followBuild(deps, output);
  } catch (error) {
    deps.signal?.throwIfAborted();
    throw error;
  }
}

async function followBuild(deps: BuildImageDeps, output: NodeJS.ReadableStream): Promise<void> {
  const kept: string[] = [];
  let failure: string | undefined;
  const onStep = (step: unknown): void => {
    const parsed = progressSchema.safeParse(step);
    if (!parsed.success) return;
    failure ??= parsed.data.error;
    for (const line of (parsed.data.stream ?? '').split('\n')) {
      if (line.trim() === '') continue;
      deps.onProgress?.(line);
      kept.push(line);
      if (kept.length > KEPT_OUTPUT_LINES) kept.shift();
    }
  };
  await new Promise<void>((resolve, reject) => {
    const onEnd = (error: Error | null): void => {
      if (error === null && failure === undefined) resolve();
      else reject(buildError(deps.tag, kept, failure, error));
    };
    deps.docker.modem.followProgress(output, onEnd, onStep);
  });
}

function buildError(
  tag: string,
  kept: readonly string[],
  failure: string | undefined,
  cause: Error | null,
): Error {
  const reason = failure ?? cause?.message ?? 'unknown';
  const output = kept.join('\n');
  return new ImageBuildError(`The agent image ${tag} could not be built: ${reason}\n${output}`, {
    cause,
  });
}
