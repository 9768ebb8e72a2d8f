import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { guardListeners } from './guarded-events.ts';

test('what listeners throw or reject with goes to the handler, and the others still hear', async () => {
  const emitter = new EventEmitter();
  const heard: unknown[] = [];
  const failures = Promise.withResolvers<unknown[]>();
  const errors: unknown[] = [];
  emitter.on('frame', () => {
    throw new Error('thrown');
  });
  const rejecting: () => unknown = () => Promise.reject(new Error('rejected'));
  emitter.on('frame', rejecting);
  emitter.on('frame', (...args) => heard.push(args));
  emitter.once('once', () => heard.push('once'));
  guardListeners(emitter, (error) => {
    errors.push(error);
    if (errors.length === 2) failures.resolve(errors);
  });
  emitter.emit('frame', 1, 2);
  emitter.emit('once');
  emitter.emit('once');
  expect(await failures.promise).toEqual([new Error('thrown'), new Error('rejected')]);
  expect(heard).toEqual([[1, 2], 'once']);
});
