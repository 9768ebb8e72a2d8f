import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CliWorld, createCliWorld, NOW } from '../../src/cli/cli-world.fixture.ts';
import {
  type OAuthServer,
  type OAuthServerOptions,
  startOAuthServer,
} from '../loopback/oauth/server.ts';
import { freePort } from './free-port.ts';

/** The commands in a folder of their own, with an authorization server on loopback. */
export interface LoginWorld extends AsyncDisposable {
  readonly cli: CliWorld;
  readonly server: OAuthServer;
  /** Content of a file in `data/credentials`; undefined when there is none. */
  stored(file: string): string | undefined;
  /** Puts a file there. */
  store(file: string, content: string): void;
}

/** `now` as the fixture of the commands has it, unless told. */
export async function startLoginWorld(options: OAuthServerOptions = {}): Promise<LoginWorld> {
  const server = await startOAuthServer({ now: () => NOW, ...options });
  const cli = createCliWorld();
  cli.environment['OPENAI_AUTH_URL'] = server.origin;
  cli.environment['OPENAI_CALLBACK_PORT'] = String(await freePort());
  return {
    cli,
    server,
    stored(file) {
      const path = join(cli.paths.credentials, file);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    },
    store(file, content) {
      mkdirSync(cli.paths.credentials, { recursive: true, mode: 0o700 });
      writeFileSync(join(cli.paths.credentials, file), content, { mode: 0o600 });
    },
    async [Symbol.asyncDispose]() {
      cli[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
