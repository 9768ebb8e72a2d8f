import { spawn } from 'node:child_process';

/** The platform's program that opens an address. No shell: the address holds `&`. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  // `start` exists within cmd.exe only, which would take the address apart at `&`.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Asks the desktop to open an address, and does not wait. Whether it did is not told: on a machine without a
 * desktop nothing happens, and the address has been shown anyway.
 */
export function openBrowser(url: string, env: Readonly<Record<string, string | undefined>>): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], {
    stdio: 'ignore',
    detached: true,
    env: { ...env },
  });
  child.once('error', () => undefined);
  child.unref();
}
