import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { createTasks } from '../../src/db/tasks.ts';
import { NOW, WebWorld } from '../../src/web/web-world.fixture.ts';
import { requireChromium } from '../sign-in/chromium.ts';

function addTask({ db }: WebWorld): void {
  const plan = {
    prompt: 'Water the plants',
    scheduleType: 'cron' as const,
    scheduleValue: '0 9 * * *',
    timeZone: 'UTC',
    contextMode: 'group' as const,
    anchorAt: NOW,
  };
  const owner = { id: 'plants', folder: 'family', chatJid: '1@g.us', createdBy: 'cli' };
  createTasks(db).insert(plan, { ...owner, nextRunAt: NOW + 86_400_000, now: NOW });
}

/** What a page that was open before the host went sends when somebody saves. */
const SEND_GROUP_FORM = `{
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/groups/family';
  form.innerHTML = '<input name=provider value=codex><input name=model><input name=fallbacks>';
  document.body.append(form);
  form.submit();
}`;

/** The forms that a page sends from now on, by their paths. */
function watchForms(page: Page): readonly string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URL(request.url()).pathname);
  });
  return sent;
}

test('a page that says why a task is not run follows the task, and does not ask for the run again', async (context) => {
  await using browser = await requireChromium(context);
  await using world = await WebWorld.open({ '1@g.us': { name: 'Family', folder: 'family' } });
  addTask(world);
  const page = await browser.newPage();
  await page.goto(world.console.address);
  await page.goto(`${world.origin}/tasks/plants`);
  const sent = watchForms(page);
  const run = page.getByRole('button', { name: 'Run once now' });
  const complaint = page.getByText('A run of this task is going on or waits already.');
  await run.click();
  await page.getByRole('table').getByText('waiting').waitFor();
  await run.click();
  await complaint.waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  createTasks(world.db).setStatus('plants', { status: 'paused' }, NOW);
  world.console.note('tasks');
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  expect(await complaint.count()).toBe(1);
  expect(sent).toEqual(['/tasks/plants/run', '/tasks/plants/run']);
});

test('what could not be fetched is fetched with the next change', async (context) => {
  await using browser = await requireChromium(context);
  await using world = await WebWorld.open({ '1@g.us': { name: 'Family', folder: 'family' } });
  addTask(world);
  const page = await browser.newPage();
  await page.goto(world.console.address);
  await page.goto(`${world.origin}/tasks/plants`);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.route('**/tasks/plants', (route) => route.abort(), { times: 1 });
  const failed = page.waitForEvent('requestfailed');
  createTasks(world.db).setStatus('plants', { status: 'paused' }, NOW);
  world.console.note('tasks');
  await failed;
  world.console.note('runs');
  await page.getByRole('button', { name: 'Resume' }).waitFor();
});

test('a form that came while the host was away is not sent again when it is back', async (context) => {
  await using browser = await requireChromium(context);
  await using world = await WebWorld.open({ '1@g.us': { name: 'Family', folder: 'family' } });
  const page = await browser.newPage();
  await page.goto(world.console.address);
  const sent = watchForms(page);
  world.console.setHost(undefined);
  await page.evaluate(SEND_GROUP_FORM);
  await page.getByText('The host is not serving yet.').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  world.showHost();
  await page.getByLabel('Who answers').waitFor();
  expect(world.registrations.byFolder('family')?.provider).toBe('claude');
  expect(sent).toEqual(['/groups/family']);
});
