import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { findBridgeAddress } from '../egress/attack-egress.ts';
import { Canary } from '../egress/canary.ts';

/** A service on this machine that the owner lets groups reach, as far as their policies go. */
export interface OwnService extends AsyncDisposable {
  readonly canary: Canary;
  /** What a program inside is told of it; see `inside/reach-out.ts`. */
  readonly targets: object;
  /** For the host. */
  readonly env: Readonly<Record<string, string>>;
}

export async function startOwnService(docker: Docker): Promise<OwnService> {
  const secret = `own-${randomBytes(8).toString('hex')}`;
  const { canary, ...ports } = await Canary.start(secret);
  const host = await findBridgeAddress(docker);
  return {
    canary,
    targets: { host, ...ports, secret },
    env: { EGRESS_PRIVATE_HOSTS: `${host}:${ports.port}` },
    [Symbol.asyncDispose]: () => canary[Symbol.asyncDispose](),
  };
}
