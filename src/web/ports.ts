import type { After, Now } from '../clock.ts';
import type { Catalog } from '../core/models/catalog.ts';
import type { EffectiveModels } from '../core/models/effective-defaults.ts';
import type { Db } from '../db/database.ts';
import type { Logger } from '../logger.ts';
import type { ChannelState } from '../ports.ts';
import type { Registrations } from '../registrations/registrations.ts';

/** What the console is made with, whether the host serves or not. */
export interface ConsoleDeps {
  readonly now: Now;
  readonly after: After;
  readonly logger: Logger;
  /** Of the person who looks. */
  readonly timeZone: string;
  readonly token: string;
  /** Of the log's files. */
  readonly logFolder: string;
}

/** A stored credential that cannot be used; both sentences without a secret. */
export interface SignInTrouble {
  readonly profile: string;
  readonly reason: string;
  readonly mend: string;
}

export interface ConsoleContainer {
  readonly id: string;
  readonly folder: string;
  /** Docker's word: running, exited, … */
  readonly state: string;
}

/** `none`: agents run as plain processes. */
export type Containers =
  | { status: 'listed'; containers: readonly ConsoleContainer[] }
  | { status: 'unreachable' }
  | { status: 'none' };

export interface ConsoleModels {
  readonly catalog: Catalog;
  readonly effective: EffectiveModels;
}

/** What of a serving host the console looks at and changes. */
export interface ServingHost {
  readonly db: Db;
  readonly registrations: Pick<Registrations, 'all' | 'get' | 'byFolder' | 'set'>;
  readonly readQueue: () => { readonly waiting: number; readonly running: number };
  readonly onTasksChanged: () => void;
  readonly readModels: () => ConsoleModels;
  readonly readContainers: (signal: AbortSignal) => Promise<Containers>;
  /** What calls the assistant in groups without a word of their own, without `@`. */
  readonly assistantName: string;
  /** Whether groups that do not say otherwise show receipts. */
  readonly hasReceipts: boolean;
  readonly readSignInTroubles: () => Promise<readonly SignInTrouble[]>;
}

/** What the page for linking shows. */
export type LinkState =
  /** Whether a phone is linked shows when the host is up. */
  | { status: 'starting' }
  | { status: 'linked' }
  | { status: 'connecting' }
  /** `qr` is what a phone reads out of the code. */
  | { status: 'code'; qr: string }
  /** Nothing goes on until somebody asks for a new code. */
  | { status: 'ended'; reason: string };

/** What changes while the console is open. */
export interface ConsoleState {
  readonly channel: ChannelState;
  readonly link: LinkState;
  /** Undefined while the host is being set up, linked or stopped. */
  readonly host: ServingHost | undefined;
}
