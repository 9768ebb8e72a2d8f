import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, type TestContext, test } from 'vitest';
import { type CommandEnd, RunningCommand } from '../e2e/commands.ts';
import { requireChromium } from './chromium.ts';
import { type LoginWorld, startLoginWorld } from './login-world.ts';

interface Visit {
  readonly page: Page;
  readonly end: CommandEnd;
}

/** Runs the real program, opens the address that it prints, and presses one of the buttons there. */
async function visit(
  context: TestContext,
  world: LoginWorld,
  button: 'Continue' | 'Cancel',
  look: (visit: Visit) => Promise<void>,
): Promise<void> {
  await using browser = await requireChromium(context);
  await using login = new RunningCommand(['login', 'codex', '--no-browser'], world.cli.environment);
  const url = await login.waitForLine(/^http:.*\/oauth\/authorize\?/);
  const page = await browser.newPage();
  await page.goto(url);
  await page.getByRole('button', { name: button }).click();
  await page.waitForURL(/\/auth\/callback\?/);
  await look({ page, end: await login.ended });
}

test('a person signs in with a real browser, and openai is left untouched', async (context) => {
  await using world = await startLoginWorld({ now: Date.now });
  const key = JSON.stringify({ v: 1, kind: 'api_key', key: 'sk-own', savedAt: 1 });
  world.store('openai.json', key);
  await visit(context, world, 'Continue', async ({ page, end }) => {
    expect(await page.getByRole('heading').innerText()).toBe('You are signed in');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toContain('Signed in with ChatGPT as person@example.com (plan plus).');
  });
  const path = join(world.cli.paths.credentials, 'openai-codex.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(world.stored('openai-codex.json')).toContain('"source": "browser"');
  expect(world.stored('openai.json')).toBe(key);
});

test('a person who cancels in a real browser reads there and in the terminal that nothing happened', async (context) => {
  await using world = await startLoginWorld({ now: Date.now });
  await visit(context, world, 'Cancel', async ({ page, end }) => {
    expect(await page.getByRole('heading').innerText()).toBe('You are not signed in');
    expect(await page.getByRole('main').innerText()).toContain('The person said no');
    expect(end).toMatchObject({ code: 1, stderr: expect.stringContaining('Sign in again') });
  });
  expect(world.stored('openai-codex.json')).toBeUndefined();
});

test('the page at the end loads nothing from elsewhere and fits a phone, light and dark', async (context) => {
  await using world = await startLoginWorld({ now: Date.now });
  await visit(context, world, 'Continue', async ({ page }) => {
    const html = await page.content();
    expect(html).not.toMatch(/<script|<link|src=|url\(/);
    const backgrounds = new Set<string>();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 360, height: 640 });
      // As text: the code runs in the page, whose types this program does not have.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      backgrounds.add(
        String(await page.evaluate('getComputedStyle(document.body).backgroundColor')),
      );
    }
    expect(backgrounds.size).toBe(2);
  });
});
