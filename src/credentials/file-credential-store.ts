import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { folderNameSchema } from '../core/folder-name.ts';
import { type ModelProvider, modelProviderSchema } from '../core/models/model-ref.ts';
import { parseJson } from '../core/parse-json.ts';
import { isErrno } from '../errno.ts';
import { chmodCommand } from './chmod-command.ts';
import type { CredentialStore, ReadCredential } from './credential-store.ts';
import { loginCommand } from './login-command.ts';
import {
  makePrivateFolder,
  readPrivateFile,
  removePrivateFile,
  writePrivateFile,
} from './private-file.ts';
import { createWithLock } from './profile-lock.ts';
import {
  type ProfileId,
  type StoredCredential,
  storedCredentialSchema,
} from './stored-credential.ts';

/** Three tokens and their claims take some 10 KB. */
const MAX_BYTES = 256 * 1024;

const KINDS: Readonly<Record<ModelProvider, ReadonlySet<StoredCredential['kind']>>> = {
  'openai-codex': new Set(['sign_in']),
  openai: new Set(['api_key']),
  anthropic: new Set(['api_key', 'claude_token']),
};

export interface FileCredentialStoreDeps {
  /** `paths.credentials`; made when something is written. */
  readonly folder: string;
}

/**
 * `<folder>/<profile>.json` and `<folder>/groups/<group>/<profile>.json`. `write` and `remove` are safe against a
 * crash at any point; against other writers only under `withLock`.
 */
export function createCredentialStore({ folder: root }: FileCredentialStoreDeps): CredentialStore {
  const withLock = createWithLock();
  const folderOf = (folder?: string) =>
    folder === undefined ? root : join(root, 'groups', folderNameSchema.parse(folder));
  const pathOf = ({ name, folder }: ProfileId) => join(folderOf(folder), `${name}.json`);
  const makeFolderOf = async ({ folder }: ProfileId) => {
    await makePrivateFolder(root);
    if (folder === undefined) return;
    await makePrivateFolder(dirname(folderOf(folder)));
    await makePrivateFolder(folderOf(folder));
  };
  return {
    read: (id) => readCredential(id, pathOf(id)),
    async write(id, credential) {
      await makeFolderOf(id);
      await writePrivateFile(pathOf(id), `${JSON.stringify(credential, null, 2)}\n`);
    },
    remove: (id) => removePrivateFile(pathOf(id)),
    async list() {
      const folders = [undefined, ...(await listGroups(join(root, 'groups')))];
      const profiles = folders.map((folder) => listProfiles(folderOf(folder), folder));
      return (await Promise.all(profiles)).flat();
    },
    async withLock(id, signal, work) {
      const path = join(folderOf(id.folder), `.${id.name}.lock`);
      return await withLock({ path, makeFolder: () => makeFolderOf(id) }, signal, work);
    },
  };
}

async function readCredential(id: ProfileId, path: string): Promise<ReadCredential> {
  const file = await readPrivateFile(path, MAX_BYTES);
  switch (file.status) {
    case 'absent':
      return file;
    case 'unusable': {
      const mend = file.mend === 'chmod' ? `run \`${chmodCommand(path)}\`` : signInAgain(id);
      return { status: 'unusable', reason: `${path} ${file.reason}`, mend };
    }
    case 'found':
      return parseCredential(id, path, file.content);
    default:
      return file satisfies never;
  }
}

function parseCredential(id: ProfileId, path: string, content: string): ReadCredential {
  const unusable = (problem: string): ReadCredential => ({
    status: 'unusable',
    reason: `${path} ${problem}`,
    mend: signInAgain(id),
  });
  const value = parseJson(content);
  if (value === undefined) return unusable('is damaged: it is not JSON');
  const parsed = storedCredentialSchema.safeParse(value);
  if (!parsed.success) return unusable(`has another format: ${describeIssue(parsed.error)}`);
  if (!KINDS[id.name].has(parsed.data.kind)) return unusable('holds another kind of credential');
  return { status: 'found', credential: parsed.data };
}

function signInAgain(id: ProfileId): string {
  return `sign in again with ${loginCommand(id)}`;
}

function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return [issue?.path.join('.'), issue?.message].filter(Boolean).join(': ');
}

async function listGroups(path: string): Promise<readonly string[]> {
  return (await namesIn(path)).filter((name) => folderNameSchema.safeParse(name).success);
}

async function listProfiles(path: string, folder?: string): Promise<readonly ProfileId[]> {
  const names = new Set(await namesIn(path));
  return modelProviderSchema.options
    .filter((name) => names.has(`${name}.json`))
    .map((name) => ({ name, ...(folder !== undefined && { folder }) }));
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
