import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface CodexInstallation {
  /** The native program. Starting it directly saves the 0.1 s of the package's JavaScript wrapper. */
  readonly binary: string;
  /** Folder with the tools it expects on its PATH (ripgrep). */
  readonly toolsPath: string;
}

const TARGETS: ReadonlyMap<string, string> = new Map([
  ['linux-x64', 'x86_64-unknown-linux-musl'],
  ['linux-arm64', 'aarch64-unknown-linux-musl'],
  ['darwin-x64', 'x86_64-apple-darwin'],
  ['darwin-arm64', 'aarch64-apple-darwin'],
]);

/** Where npm has put the Codex CLI of this platform. Throws when the platform package is missing. */
export function findCodex(): CodexInstallation {
  const platform = `${process.platform}-${process.arch}`;
  const target = TARGETS.get(platform);
  if (target === undefined) throw new Error(`no Codex CLI for ${platform}`);
  // The platform package is a dependency of the CLI's package, so it is looked for from there.
  const codexRequire = createRequire(import.meta.resolve('@openai/codex/package.json'));
  const root = dirname(codexRequire.resolve(`@openai/codex-${platform}/package.json`));
  return {
    binary: join(root, 'vendor', target, 'bin', 'codex'),
    toolsPath: join(root, 'vendor', target, 'codex-path'),
  };
}
