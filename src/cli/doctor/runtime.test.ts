import { expect, test } from 'vitest';
import { checkRuntime } from './runtime.ts';

const SecurityOptions = ['name=seccomp,profile=default'];
const OPEN = { path: '/usr/local/bin/runsc', runtimeArgs: ['--net-raw', '--host-uds=open'] };
const Runtimes = { runc: { path: 'runc' }, runsc: OPEN };
const idsOf = (info: unknown, runtime?: string) => checkRuntime(info, runtime).map(({ id }) => id);

test('T15: a runtime that the engine does not know is a problem, one that it knows is none', () => {
  const info = { Runtimes, SecurityOptions };
  expect(idsOf(info)).toEqual(['runtime.ok']);
  expect(idsOf(info, 'runsc')).toEqual(['runtime.ok']);
  expect(idsOf(info, 'kata')).toEqual(['runtime.unknown']);
});

test.each([null, [], ['--net-raw'], ['--host-uds=none'], ['--host-uds=create']])(
  'T15: gVisor with the arguments %j, through which no door opens, is a problem',
  (runtimeArgs) => {
    const info = { Runtimes: { runsc: { path: 'runsc', runtimeArgs } }, SecurityOptions };
    expect(idsOf(info, 'runsc')).toEqual(['runtime.closed']);
  },
);

test('T15: an engine that does not filter calls of the kernel is a warning', () => {
  expect(idsOf({ SecurityOptions: ['name=seccomp,profile=unconfined'] })).toEqual([
    'runtime.unfiltered',
  ]);
  expect(idsOf({ SecurityOptions: ['name=apparmor'] })).toEqual(['runtime.unfiltered']);
});

test('T15: what an engine does not tell is no finding', () => {
  expect(idsOf({}, 'runsc')).toEqual(['runtime.ok']);
  expect(idsOf({ SecurityOptions: ['seccomp', 'rootless'] })).toEqual(['runtime.ok']);
  expect(idsOf({ Runtimes: { runsc: {} }, SecurityOptions }, 'runsc')).toEqual(['runtime.ok']);
});
