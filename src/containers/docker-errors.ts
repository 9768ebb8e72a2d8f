import { z } from 'zod';

const statusSchema = z.object({ statusCode: z.number() });

function statusOf(error: unknown): number | undefined {
  const parsed = statusSchema.safeParse(error);
  return parsed.success ? parsed.data.statusCode : undefined;
}

/** The container or image does not exist (any more). */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** The engine is doing it already, or the container is not running: stop and kill of a stopped one. */
export function isAlreadyDone(error: unknown): boolean {
  const status = statusOf(error);
  return status === 304 || status === 404 || status === 409;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** No engine is something to mend, not a bug. */
export class EngineUnreachableError extends Error {
  override readonly name = 'EngineUnreachableError';

  constructor(cause: unknown) {
    super(
      'No Docker engine answers. Start Docker, and let `deckhand doctor` show what is missing.',
      {
        cause,
      },
    );
  }
}

/** The agent image could not be built; the message ends with the last output of the build. */
export class ImageBuildError extends Error {
  override readonly name = 'ImageBuildError';
}
