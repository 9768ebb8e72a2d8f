import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { expect, type TestContext, test } from 'vitest';
import { WebWorld } from '../../src/web/web-world.fixture.ts';
import { requireChromium } from '../sign-in/chromium.ts';
import { addExampleData, EXAMPLE_GROUPS } from './example-data.ts';

const PAGES = [
  ['overview', '/'],
  ['link', '/link'],
  ['groups', '/groups'],
  ['group', '/groups/family'],
  ['tasks', '/tasks'],
  ['task', '/tasks/morning'],
  ['runs', '/runs'],
  ['run', '/runs/run-0000000000000004'],
  ['why', '/why'],
  ['story', '/why?message=last'],
  ['log', '/logs'],
  ['missing', '/nothing'],
] as const;

const SCHEMES = ['light', 'dark'] as const;

interface Visit {
  readonly world: WebWorld;
  readonly page: Page;
}

async function visit(context: TestContext, look: (visit: Visit) => Promise<void>): Promise<void> {
  await using browser: Browser = await requireChromium(context);
  await using world = await WebWorld.open(EXAMPLE_GROUPS);
  addExampleData(world);
  const page = await browser.newPage();
  await page.goto(world.console.address);
  await look({ world, page });
}

/** Violations as `rule: element`, of everything that axe knows. */
async function findViolations(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

test('every page is without a fault of accessibility, light and dark, and fits a phone', async (context) => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'deckhand-console-'));
  await visit(context, async ({ world, page }) => {
    for (const [name, path] of PAGES) {
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width: 1180, height: 780 });
        await page.goto(world.origin + path);
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage: true });
        // By the debugger, not by the page: its policy takes no inline code.
        await page.evaluate(axe);
        expect([name, colorScheme, await findViolations(page)]).toEqual([name, colorScheme, []]);
      }
      await page.setViewportSize({ width: 360, height: 720 });
      await page.screenshot({ path: join(folder, `${name}-phone.png`) });
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect([name, width]).toEqual([name, 360]);
    }
  });
  process.stderr.write(`screenshots: ${folder}\n`);
});

test('the pages are walked with the keyboard alone', async (context) => {
  await visit(context, async ({ page }) => {
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () =>
      page.evaluate('(document.activeElement?.textContent ?? "").trim().slice(0, 40)');
    await press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await press('Enter', 'Tab');
    expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
    await page.reload();
    await press('Tab', 'Tab', 'Tab', 'Tab');
    expect(await focused()).toBe('Groups');
    const outline = 'getComputedStyle(document.activeElement).outlineWidth';
    expect(await page.evaluate(outline)).toBe('3px');
    await press('Enter');
    await page.getByRole('heading', { name: 'Groups', level: 1 }).waitFor();
    await page.getByRole('region', { name: 'Registered groups' }).focus();
    await press('Tab', 'Enter');
    await page.getByRole('heading', { name: 'Family' }).waitFor();
    await page.getByLabel('Who answers').focus();
    await press('c', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter');
    await page.getByText('Saved. The next run goes by it.').waitFor();
    expect(await page.getByLabel('Who answers').inputValue()).toBe('claude');
  });
});

test('what others wrote runs in no browser', async (context) => {
  await using browser = await requireChromium(context);
  const attack = `<img src=x onerror="globalThis.isHacked = 1"><script>globalThis.isHacked = 1</script>`;
  await using world = await WebWorld.open({ '1@g.us': { name: attack, folder: 'family' } });
  addExampleData(world);
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void complaints.push(message.text()));
  await page.goto(world.console.address);
  for (const path of [
    '/',
    '/groups',
    '/groups/family',
    '/runs',
    `/why?message=${encodeURIComponent(attack)}`,
  ]) {
    await page.goto(world.origin + path);
    await page.getByText('Live', { exact: true }).waitFor();
    expect([path, await page.evaluate('globalThis.isHacked')]).toEqual([path, undefined]);
  }
  expect(complaints).toEqual([]);
});

test('a tab that nobody sees holds no connection, and catches up when it is seen again', async (context) => {
  await visit(context, async ({ world, page }) => {
    const show = (state: 'hidden' | 'visible') =>
      page.evaluate(`
        Object.defineProperty(document, 'hidden', { configurable: true, value: ${state === 'hidden'} });
        document.dispatchEvent(new Event('visibilitychange'));`);
    await page.goto(`${world.origin}/link`);
    await page.getByText('Live', { exact: true }).waitFor();
    const closed = page.waitForEvent('requestfailed', (request) =>
      request.url().includes('/events'),
    );
    await show('hidden');
    await closed;
    world.console.setLink({ status: 'linked' });
    await show('visible');
    await page.getByText('A phone is linked.').waitFor();
  });
});
