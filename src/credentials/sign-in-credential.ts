import { brokenCredential, type Credential, unavailableCredential } from '../core/credential.ts';
import type { ContainerAuth } from './container-auth.ts';
import type { Access, Refresher } from './refresher.ts';
import type { ProfileId } from './stored-credential.ts';

export interface SignInCredentialDeps {
  readonly refresher: Refresher;
  readonly containerAuth: Pick<ContainerAuth, 'publish'>;
}

/** A ChatGPT sign-in for a run of the group, whose container is given its access token; undefined when there is none. */
export async function signInCredential(
  deps: SignInCredentialDeps,
  id: ProfileId,
  folder: string,
): Promise<Credential | undefined> {
  const outcome = await deps.refresher.access(id);
  switch (outcome.status) {
    case 'ok':
      return await giveAccess(deps, id, folder, outcome.access);
    case 'absent':
      return undefined;
    case 'broken':
      return brokenCredential('openai-codex', outcome.reason);
    case 'unavailable':
      return unavailableCredential('openai-codex', outcome.reason);
    default:
      return outcome satisfies never;
  }
}

async function giveAccess(
  { refresher, containerAuth }: SignInCredentialDeps,
  id: ProfileId,
  folder: string,
  access: Access,
): Promise<Credential> {
  await containerAuth.publish(folder, access);
  return {
    ok: true,
    secrets: {},
    codexAuth: 'chatgpt',
    async onRefused() {
      const renewed = await refresher.renew(id, access.accessToken);
      if (renewed.status === 'unavailable') return 'unavailable';
      if (renewed.status !== 'ok') return 'over';
      await containerAuth.publish(folder, renewed.access);
      return 'renewed';
    },
  };
}
