import type { ProfileId } from './stored-credential.ts';

/** What a run may use: nothing in it can be refreshed. Times in unix milliseconds. */
export interface Access {
  readonly accessToken: string;
  readonly idToken: string;
  readonly accountId: string;
  readonly expiresAt: number;
}

export type AccessOutcome =
  | { status: 'ok'; access: Access }
  | { status: 'absent' }
  /** The stored file cannot be used, or the sign-in is over; `mend` says what to do. */
  | { status: 'broken'; reason: string; mend: string }
  /** The token has expired and the authorization server cannot be reached. */
  | { status: 'unavailable'; reason: string };

/** The only place that uses a refresh token. */
export interface Refresher {
  /** A token that is good for a while, refreshed before when it is near its end. */
  access(id: ProfileId): Promise<AccessOutcome>;
  /** After the model refused `rejectedToken`: refreshes unless somebody has done so since. */
  renew(id: ProfileId, rejectedToken: string): Promise<AccessOutcome>;
}
