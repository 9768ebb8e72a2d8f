import { expect, test } from 'vitest';
import { requireFakeAgentImage } from './fake-agent-image.ts';
import { Fleet } from './fleet.ts';

/** All four ways in which an agent may stand when its host dies; each group is answered once all the same. */
test('a host that is killed under load is succeeded by one that takes over every run and answers it once', async (context) => {
  const engine = await requireFakeAgentImage(context);
  const folders = ['thinking', 'done', 'talking', 'gone'];
  await using fleet = await Fleet.start(context, engine, { folders });
  await using first = await fleet.startHost();
  await fleet.ask('thinking', 'wait go');
  await fleet.ask('done', 'wait go');
  await fleet.ask('talking', 'much 4000 go');
  await fleet.ask('gone', 'wait go');
  const before = new Map<string, string>();
  for (const folder of folders) before.set(folder, await fleet.waitForRun(folder));
  await fleet.waitForOutput('talking', /x{50}/);

  first.kill('SIGKILL');
  await first.ended;
  await fleet.release('done', 'go');
  await fleet.waitForOutput('done', /waited for go/);
  await engine.docker.getContainer(before.get('gone')!).kill();
  await fleet.release('gone', 'go');
  await using next = await fleet.startHost();
  await fleet.release('thinking', 'go');
  await fleet.release('talking', 'go');

  await fleet.waitForAnswer('talking', ({ text }) => /end\n/.test(text));
  for (const folder of ['thinking', 'done', 'gone']) await fleet.waitForAnswer(folder);
  for (const folder of ['thinking', 'done', 'gone'])
    expect(fleet.answers(folder)).toEqual(['waited for go']);
  const parts = fleet.answers('talking').map((text) => text.replace(/\n\(\d\/\d\)$/, ''));
  expect(parts.join('')).toBe(`begin${'文'.repeat(30_000)}end`);
  for (const folder of ['thinking', 'done', 'talking']) {
    expect(await fleet.runs(folder)).toHaveLength(1);
    expect((await fleet.container(folder)).Id).toBe(before.get(folder));
  }
  expect(await fleet.runs('gone')).toHaveLength(2);
  expect(await fleet.containers()).toHaveLength(folders.length);
  next.kill('SIGTERM');
  expect(await next.ended).toMatchObject({ code: 0 });
  expect(await fleet.containers()).toEqual([]);
});
