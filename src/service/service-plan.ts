/** What a service definition is made of. All paths are absolute; none holds a secret. */
export interface ServicePlan {
  readonly name: string;
  /** Folder of the installation: data and groups. */
  readonly home: string;
  /** Folder of the program. */
  readonly projectRoot: string;
  /** The Node that runs it. */
  readonly node: string;
  /** What follows `deckhand start`. */
  readonly startArguments: readonly string[];
  /** Where the host finds other programs, `:` between. */
  readonly searchPath: string;
}

/** What both managers start: the launcher with a command. */
export function commandLine(plan: ServicePlan, ...command: readonly string[]): readonly string[] {
  return [plan.node, `${plan.projectRoot}/bin/deckhand.js`, ...command];
}

/** Node's own folder and where systems keep programs: not the caller's, which differs from shell to shell. */
export function searchPath(node: string, isMac: boolean): string {
  const folder = node.slice(0, node.lastIndexOf('/')) || '/';
  const local = isMac ? ['/opt/homebrew/bin', '/usr/local/bin'] : ['/usr/local/bin'];
  return [...new Set([folder, ...local, '/usr/bin', '/bin'])].join(':');
}

/** Neither format has a way to say a control character in a path that every version reads. */
export function isPlainPath(path: string): boolean {
  return !/\p{Cc}/u.test(path);
}
