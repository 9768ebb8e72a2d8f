import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CliWorld,
  createCliWorld,
  linkAccount,
  PROJECT_ROOT,
} from '../../src/cli/cli-world.fixture.ts';
import { type EngineAnswers, startEngine } from '../../src/cli/docker-engine.fixture.ts';
import { diagnose, writeEnv } from '../../src/cli/doctor/doctor.fixture.ts';
import { readImageContext } from '../../src/containers/image-context.ts';
import { LABELS } from '../../src/containers/labels.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface DoctorWorld extends AsyncDisposable {
  readonly cli: CliWorld;
  /** What the engine says; the next look sees a change. */
  readonly engine: Mutable<EngineAnswers>;
  /** Content of `.env`. */
  readonly setEnv: (text: string) => void;
  readonly register: (fields?: object) => void;
}

/** Asks for nothing but this machine's own things. */
export const LOCAL = ['--offline', '--quick'] as const;
export const GOOD_ENV = 'ANTHROPIC_API_KEY=sk-test\n';
export const CHAT = '1@g.us';

/** An installation in which all is well, on an engine of the test's own. */
export async function createDoctorWorld(): Promise<DoctorWorld> {
  const cli = createCliWorld();
  const { hash } = await readImageContext(PROJECT_ROOT);
  const engine: Mutable<EngineAnswers> = { imageLabels: { [LABELS.imageHash]: hash } };
  const socket = join(cli.home, 'engine.sock');
  cli.environment['DOCKER_HOST'] = `unix://${socket}`;
  const server = await startEngine(socket, engine);
  cli.fill(linkAccount);
  mkdirSync(cli.paths.groupFolder('one'), { recursive: true });
  const world: DoctorWorld = {
    cli,
    engine,
    setEnv: (text) => writeEnv(cli, text),
    register: (fields = {}) => cli.register({ [CHAT]: { name: 'One', folder: 'one', ...fields } }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      cli[Symbol.dispose]();
    },
  };
  world.setEnv(GOOD_ENV);
  world.register();
  return world;
}

/** What is not well, each with what was done about it when something was. */
export async function complaints(
  { cli }: DoctorWorld,
  args: readonly string[] = LOCAL,
): Promise<string[]> {
  const { findings } = await diagnose(cli, args);
  const bad = findings.filter(({ status }) => status !== 'ok');
  return bad.map(({ id, fixed }) => (fixed === undefined ? id : `${id} mended`)).sort();
}
