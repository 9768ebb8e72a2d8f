import { join } from 'node:path';
import type { HostSettings } from './host-messages.ts';
import { HostProcess } from './host-process.ts';

/** Keeps one loaded host ready, since loading its modules takes longer than a life. */
export class HostPool implements AsyncDisposable {
  readonly #settings: Omit<HostSettings, 'logPath'>;
  readonly #logFolder: string;
  #count = 0;
  #spare: Promise<HostProcess> | undefined;

  constructor(settings: Omit<HostSettings, 'logPath'>, logFolder: string) {
    this.#settings = settings;
    this.#logFolder = logFolder;
  }

  /** A host that waits for its order. Rejects when its modules cannot be loaded. */
  async take(): Promise<HostProcess> {
    const host = await (this.#spare ?? this.#spawn());
    this.#spare = this.#spawn();
    const end = await Promise.race([host.loaded.then(() => undefined), host.ended]);
    if (end === undefined) return host;
    throw new Error(`a host could not be loaded (exit ${end.exitCode}); see ${this.#logFolder}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const host = await this.#spare;
    await host?.[Symbol.asyncDispose]();
  }

  #spawn(): Promise<HostProcess> {
    this.#count += 1;
    const name = `host-${String(this.#count).padStart(5, '0')}.log`;
    return HostProcess.spawn({ ...this.#settings, logPath: join(this.#logFolder, name) });
  }
}
