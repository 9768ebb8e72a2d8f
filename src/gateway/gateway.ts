import type { Socket } from 'node:net';
import type { DoorTarget } from '@deckhand/protocol';
import type { EgressDenial, EgressPolicy } from '../core/egress.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Logger } from '../logger.ts';
import type { Gateway, GatewayEntry, ServeOutside } from '../ports.ts';
import type { AdmittedAttempt } from './admitted-attempt.ts';
import { Door } from './door.ts';
import type { ModelSession } from './model-session.ts';

export interface GatewayDeps {
  /** The folder of a group's door, by the group's folder. Its parent is made private. */
  readonly doorFolder: (folder: string) => string;
  /** Secret of this installation from which the tokens of attempts are made. */
  readonly key: string;
  readonly serves: (group: RegisteredGroup) => boolean;
  readonly openModel: (entry: GatewayEntry) => ModelSession;
  readonly serveOutside: ServeOutside;
  /** As it is now: a person may change it while an attempt goes on. */
  readonly policyOf: (folder: string) => EgressPolicy;
  readonly onDenied: (entry: GatewayEntry, denial: EgressDenial) => void;
  readonly logger: Logger;
}

/** One door per group, opened with its first attempt and open until the gateway is disposed. */
export function createGateway(deps: GatewayDeps): Gateway {
  const doors = new Map<string, Promise<Door>>();
  const checks = new Set<() => void>();
  const closed = new AbortController();
  const openDoor = (folder: string): Promise<Door> => {
    const opening = Door.open(deps.doorFolder(folder), {
      ...deps,
      serve: (attempt, to, socket) => serveConnection(deps, checks, attempt, to, socket),
    });
    doors.set(folder, opening);
    // The next attempt tries again; this one hears of it through the promise.
    opening.catch(() => doors.delete(folder));
    return opening;
  };
  const openedDoors = async (): Promise<Door[]> => {
    const opened = await Promise.allSettled(doors.values());
    return opened.flatMap((door) => (door.status === 'fulfilled' ? [door.value] : []));
  };
  return {
    serves: deps.serves,
    async admit(entry) {
      closed.signal.throwIfAborted();
      const { folder } = entry.group;
      const door = await (doors.get(folder) ?? openDoor(folder));
      return door.admit(entry);
    },
    recheck() {
      for (const check of checks) check();
    },
    async stopListening() {
      for (const door of await openedDoors()) door.stopListening();
    },
    async [Symbol.asyncDispose]() {
      closed.abort(new Error('the gateway is closed'));
      for (const door of await openedDoors()) await door[Symbol.asyncDispose]();
      doors.clear();
    },
  };
}

function serveConnection(
  { serveOutside, policyOf, onDenied }: GatewayDeps,
  checks: Set<() => void>,
  { entry, model, signal }: AdmittedAttempt,
  to: DoorTarget,
  socket: Socket,
): void {
  switch (to) {
    case 'model':
      model.serve(socket);
      break;
    case 'outside':
      serveOutside({
        socket,
        signal,
        policy: () => policyOf(entry.group.folder),
        onPolicyChange(check) {
          checks.add(check);
          return { [Symbol.dispose]: () => void checks.delete(check) };
        },
        onDenied: (denial) => onDenied(entry, denial),
      });
      break;
    default:
      to satisfies never;
  }
}
