import { brokenCredential, type Credential, unavailableCredential } from '../core/credential.ts';
import type { Access, Refresher } from './refresher.ts';
import type { ProfileId } from './stored-credential.ts';

export interface SignInCredentialDeps {
  readonly refresher: Refresher;
}

/** Gives an access token to the container of the run; does nothing where the host adds it on the way. */
export type GiveAccess = (access: Access) => Promise<void>;

/** A ChatGPT sign-in for a run of the group; undefined when there is none. */
export async function signInCredential(
  deps: SignInCredentialDeps,
  id: ProfileId,
  give: GiveAccess,
): Promise<Credential | undefined> {
  const outcome = await deps.refresher.access(id);
  switch (outcome.status) {
    case 'ok':
      return await giveAccess(deps, id, give, outcome.access);
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
  { refresher }: SignInCredentialDeps,
  id: ProfileId,
  give: GiveAccess,
  access: Access,
): Promise<Credential> {
  await give(access);
  return {
    ok: true,
    secrets: {},
    codexAuth: 'chatgpt',
    async signIn() {
      const found = await refresher.access(id);
      return found.status === 'ok' ? found.access : undefined;
    },
    async onRefused(refused = access.accessToken) {
      const renewed = await refresher.renew(id, refused);
      if (renewed.status === 'unavailable') return 'unavailable';
      if (renewed.status !== 'ok') return 'over';
      await give(renewed.access);
      return 'renewed';
    },
  };
}
