import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { createRefresher } from '../../src/credentials/host-refresher.ts';
import { createAuthServer } from '../../src/credentials/http-auth-server.ts';
import type { ProfileId } from '../../src/credentials/stored-credential.ts';
import { createLogger } from '../../src/logger.ts';
import { CLIENT_ID } from '../loopback/oauth/server.ts';
import { SimulatedTimers } from './simulated-timers.ts';

/** What the process is told: the time, and for which profiles it needs a token. */
export interface Order {
  readonly now: number;
  readonly wanted: readonly {
    readonly id: ProfileId;
    /** A token that the model has refused. */
    readonly refused?: string;
  }[];
}

/** What came of it, in the same order; `token` is left out when there is none. */
export interface Report {
  readonly tokens: readonly { readonly status: string; readonly token?: string }[];
  readonly broken: number;
}

/**
 * One process of many that use the same credentials: `month-worker.ts <folder> <origin> <role>`. As `host` it also
 * looks after all profiles by itself.
 */
const [folder = '', authUrl = '', role] = process.argv.slice(2);
const clock = { now: 0 };
const now = () => clock.now;
const timers = new SimulatedTimers(now);
const broken: ProfileId[] = [];
const refresher = createRefresher({
  store: createCredentialStore({ folder }),
  authServer: createAuthServer({ authUrl, clientId: CLIENT_ID, now }),
  now,
  after: timers.after,
  logger: createLogger('silent'),
  onRefreshed: () => undefined,
  onBroken: (id) => void broken.push(id),
});

async function obey({ now: at, wanted }: Order): Promise<Report> {
  const isFirst = clock.now === 0;
  clock.now = at;
  if (role === 'host' && isFirst) refresher.start();
  timers.fire();
  const outcomes = await Promise.all(
    wanted.map(({ id, refused }) =>
      refused === undefined ? refresher.access(id) : refresher.renew(id, refused),
    ),
  );
  await refresher.idle();
  const tokens = outcomes.map((outcome) => ({
    status: outcome.status,
    ...(outcome.status === 'ok' && { token: outcome.access.accessToken }),
  }));
  return { tokens, broken: broken.length };
}

process.on('message', (order: Order) => {
  void obey(order).then((report) => process.send?.(report));
});
