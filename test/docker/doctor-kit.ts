import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { type CliWorld, createCliWorld, linkAccount } from '../../src/cli/cli-world.fixture.ts';
import type { CliContext } from '../../src/cli/context.ts';
import { diagnose, writeEnv } from '../../src/cli/doctor/doctor.fixture.ts';
import { chooseAgentUser } from '../../src/containers/agent-user.ts';
import { installationId } from '../../src/db/settings.ts';
import { BASE_IMAGE } from './engine.ts';

/** Agents run as this user on this machine. */
export const agentUser = chooseAgentUser(process.getuid?.() ?? 1000, process.getgid?.() ?? 1000);

/** What a group without anything special has. */
export const PLAIN = { name: 'One', folder: 'one' };

/** An installation on the real engine, whose one group has run before; its image is the stand-in base. */
export class DoctorKit implements AsyncDisposable {
  readonly cli: CliWorld = createCliWorld();
  readonly docker: Docker;
  readonly id: string;

  constructor(docker: Docker, image: string = BASE_IMAGE) {
    this.docker = docker;
    const { cli } = this;
    delete cli.environment['DOCKER_HOST'];
    const engine = process.env['DOCKER_HOST'];
    if (engine !== undefined) cli.environment['DOCKER_HOST'] = engine;
    this.useImage(image);
    let id = '';
    cli.fill((db) => {
      linkAccount(db);
      id = installationId(db);
    });
    this.id = id;
    this.register({});
    for (const path of this.folders) this.give(path);
  }

  /** The folders that a run makes, and that its agents own. */
  get folders(): string[] {
    const { paths } = this.cli;
    return [
      paths.groupFolder('one'),
      paths.ipc('one'),
      paths.codexHome('one'),
      paths.claudeHome('one'),
    ];
  }

  useImage(tag: string): void {
    const { cli } = this;
    const allowlist = join(cli.home, 'allowlist', 'mounts.json');
    writeEnv(
      cli,
      `ANTHROPIC_API_KEY=sk-test\nCONTAINER_IMAGE=${tag}\nBASE_IMAGE=${BASE_IMAGE}\nMOUNT_ALLOWLIST=${allowlist}\n`,
    );
  }

  register(fields: object): void {
    this.cli.register({ '1@g.us': { ...PLAIN, ...fields } });
  }

  /** A folder of the agents' user, made where it is missing. */
  give(path: string, uid: number = agentUser.uid): void {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chownSync(path, uid, agentUser.gid);
  }

  allow(path: string): void {
    const folder = join(this.cli.home, 'allowlist');
    mkdirSync(folder, { recursive: true });
    const allowedRoots = [{ path, allowReadWrite: true }];
    writeFileSync(join(folder, 'mounts.json'), JSON.stringify({ allowedRoots }));
  }

  /** What is not well, but for the image, which is not ours here. */
  async complaints(args: readonly string[] = [], context: Partial<CliContext> = {}) {
    const { findings } = await diagnose(this.cli, ['--offline', ...args], context);
    const bad = findings.filter(({ id, status }) => status !== 'ok' && id !== 'image.foreign');
    return bad.map(({ id, fixed }) => (fixed === undefined ? id : `${id} mended`));
  }

  /** Containers with this installation's labels, also of commands. */
  async containers(): Promise<Docker.ContainerInfo[]> {
    const all = await this.docker.listContainers({
      all: true,
      filters: { label: ['deckhand.installation'] },
    });
    return all.filter(({ Labels }) => Labels['deckhand.installation']?.includes(this.id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { Id } of await this.containers()) {
      await this.docker.getContainer(Id).remove({ force: true });
    }
    this.cli[Symbol.dispose]();
  }
}
