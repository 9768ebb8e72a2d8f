import { expect, test } from 'vitest';
import { ChatInterrupts } from './interrupts.ts';

const open = () => new ChatInterrupts(new AbortController().signal);

test('the first Ctrl-C stops the turn that goes on, the second leaves', () => {
  const interrupts = open();
  using turn = interrupts.beginTurn();
  expect(interrupts.press()).toBe('stopped');
  expect([turn.signal.aborted, interrupts.leaving.aborted]).toEqual([true, false]);
  expect(interrupts.press()).toBe('left');
  expect(interrupts.leaving.aborted).toBe(true);
});

test('without a turn the first Ctrl-C is a question', () => {
  const interrupts = open();
  interrupts.beginTurn()[Symbol.dispose]();
  expect(interrupts.press()).toBe('hint');
  expect(interrupts.leaving.aborted).toBe(false);
});

test('what was pressed before something was asked does not count', () => {
  const interrupts = open();
  interrupts.press();
  interrupts.reset();
  using _turn = interrupts.beginTurn();
  expect(interrupts.press()).toBe('stopped');
});

test('a program that stops ends the turn and the chat', () => {
  const stop = new AbortController();
  const interrupts = new ChatInterrupts(stop.signal);
  using turn = interrupts.beginTurn();
  stop.abort();
  expect([turn.signal.aborted, interrupts.leaving.aborted]).toEqual([true, true]);
});
