import type { proto } from '@whiskeysockets/baileys';
import type { ClientConnection } from './client-connection.ts';
import type { Companion } from './companion.ts';
import type { FaultSwitches } from './faults.ts';
import { userOf } from './jids.ts';
import { element } from './nodes.ts';
import type { Counts } from './types.ts';

/** HTTP-like reasons of `failure`. */
const LOGGED_OUT = '401';

/** The companion's one connection after login: logged in → active. */
export class Session {
  readonly #dependencies: {
    companion: Companion;
    faults: () => FaultSwitches;
    counts: Counts;
    now: () => number;
  };
  #connection: ClientConnection | undefined;
  #isActive = false;

  constructor(dependencies: {
    companion: Companion;
    faults: () => FaultSwitches;
    counts: Counts;
    now: () => number;
  }) {
    this.#dependencies = dependencies;
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  get hasConnection(): boolean {
    return this.#connection !== undefined;
  }

  /** A second login of the same device replaces the first, which is told so. */
  logIn(connection: ClientConnection, payload: proto.ClientPayload): void {
    const { companion, counts, faults, now } = this.#dependencies;
    const { device } = companion;
    const isOurs =
      device &&
      String(payload.username) === userOf(device.jid) &&
      payload.device === device.number &&
      connection.noiseKey.equals(device.noiseKey);
    const reason = faults().failLogins ?? (isOurs ? undefined : LOGGED_OUT);
    if (reason !== undefined || !device) {
      connection.end(element('failure', { reason: reason ?? LOGGED_OUT, location: 'loopback' }));
      return;
    }
    this.#connection?.end(element('stream:error', {}, [element('conflict', { type: 'replaced' })]));
    this.#connection = connection;
    this.#isActive = false;
    counts.logins += 1;
    connection.send(element('success', { t: String(now()), lid: device.lid }));
  }

  /** @returns false when the connection is not the one logged in */
  activate(connection: ClientConnection): boolean {
    if (connection !== this.#connection) return false;
    this.#isActive = true;
    return true;
  }

  close(connection: ClientConnection): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    this.#isActive = false;
  }
}
