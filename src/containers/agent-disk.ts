/** Keeps the agents of groups from filling the disk. `stop` is called once at most, with why, for people. */
export interface AgentDisk {
  /** Why the group must not be run before a person has made room; undefined when it may be. */
  refuse(folder: string): Promise<string | undefined>;
  /** Watches what a run writes until disposed. */
  watchRun(folder: string, stop: (reason: string) => void): Disposable;
  /** Watches a process between two runs: what an earlier one made of it may go on. */
  watchIdle(folder: string, stop: (reason: string) => void): Disposable;
}
