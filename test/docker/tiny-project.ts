import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A project just large enough to build an image from; disposing removes it. */
export class TinyProject implements AsyncDisposable {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(dockerfile: string): Promise<TinyProject> {
    const project = new TinyProject(await mkdtemp(join(tmpdir(), 'deckhand-project-')));
    await project.write('package.json', '{}');
    await project.write('package-lock.json', '{}');
    await project.write('container/Dockerfile', dockerfile);
    await project.write('container/protocol/src/index.ts', 'export {};');
    await project.write('container/agent-runner/src/main.ts', 'export {};');
    return project;
  }

  async write(path: string, content: string): Promise<void> {
    const target = join(this.root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
