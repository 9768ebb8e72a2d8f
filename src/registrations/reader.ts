import type { GroupMap, RegistrationProblem } from '../core/registration.ts';
import { type FileText, readFileText } from './file.ts';
import { type ParsedRegistrations, parseRegistrations } from './text.ts';

/** A broken text is looked at again after this long: an editor may be in the middle of writing it. */
const SECOND_LOOK_MS = 300;

export interface ReaderHandlers {
  onGroups(groups: GroupMap): void;
  onProblems(problems: readonly RegistrationProblem[]): void;
  /** A read failed on our side, or one of the above threw; the next read starts all the same. */
  onFailure(error: unknown): void;
}

export interface Reader {
  /** The first read: a missing file registers nothing, nothing is reported. */
  start: () => Promise<ParsedRegistrations>;
  /** Reads once more and never rejects. Reads are one after the other. */
  read: () => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * Reads the registrations file and decides what to tell:
 * good text → groups; broken text that is the same at the second look → problems, once until it changes.
 */
export function createReader(path: string, handlers: ReaderHandlers): Reader {
  let queue: Promise<void> = Promise.resolve();
  let secondLook: NodeJS.Timeout | undefined;
  let isStopped = false;
  let goodText: string | undefined;
  let suspect: string | undefined;
  let reported: string | undefined;

  const look = async (isSecond: boolean) => {
    if (isStopped) return;
    const file = await readFileText(path);
    if (file.status === 'read' && file.text === goodText) {
      suspect = reported = undefined;
      return;
    }
    const parsed = parseFile(file, goodText !== undefined);
    if (parsed.ok) {
      goodText = textOf(file);
      suspect = reported = undefined;
      handlers.onGroups(parsed.groups);
      return;
    }
    const state = JSON.stringify(file);
    if (state === reported) return;
    if (state !== suspect) {
      suspect = state;
      clearTimeout(secondLook);
      secondLook = setTimeout(() => void enqueue(true), SECOND_LOOK_MS);
    } else if (isSecond) {
      reported = state;
      handlers.onProblems(parsed.problems);
    }
  };
  const enqueue = (isSecond: boolean) => {
    queue = queue.then(() => look(isSecond)).catch((error: unknown) => handlers.onFailure(error));
    return queue;
  };
  return {
    async start() {
      const file = await readFileText(path);
      const parsed = parseFile(file, false);
      if (parsed.ok) goodText = textOf(file);
      return parsed;
    },
    read: () => enqueue(false),
    async stop() {
      isStopped = true;
      clearTimeout(secondLook);
      await queue;
    },
  };
}

/** A file that was there and is gone is more likely a slip than the wish to unregister every group. */
function parseFile(file: FileText, wasThere: boolean): ParsedRegistrations {
  if (file.status === 'read') return parseRegistrations(file.text);
  if (file.status === 'missing' && !wasThere) return parseRegistrations(undefined);
  const message =
    file.status === 'unreadable'
      ? file.reason
      : 'is gone; put it back, or write {} into it to remove all groups';
  return { ok: false, problems: [{ path: '', message }] };
}

function textOf(file: FileText): string | undefined {
  return file.status === 'read' ? file.text : undefined;
}
