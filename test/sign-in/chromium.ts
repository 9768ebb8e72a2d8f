import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import type { TestContext } from 'vitest';
import { isErrno } from '../../src/errno.ts';

const EXECUTABLE = '/usr/bin/chromium';

/** Root has no sandbox of Chromium's; the rest keeps it from looking anything up on its own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A headless browser for one test: without one the test is skipped loudly, or fails under CI=true.
 * `apt-get install chromium` installs it.
 */
export async function requireChromium(context: TestContext): Promise<Browser> {
  if (!isInstalled()) {
    const reason = `${EXECUTABLE} is not there`;
    if (process.env['CI'] === 'true') throw new Error(`${reason}, and CI=true forbids skipping`);
    process.stderr.write(`\n*** SKIPPED: ${reason}; these tests prove nothing here\n`);
    return context.skip(reason);
  }
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
}

function isInstalled(): boolean {
  try {
    accessSync(EXECUTABLE, constants.X_OK);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
