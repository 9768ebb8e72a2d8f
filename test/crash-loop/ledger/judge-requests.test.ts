import type { IpcReply } from '@deckhand/protocol';
import { describe, expect, it } from 'vitest';
import { request, show } from './doctored.fixture.ts';
import { judgeRequests, type RequestFacts } from './judge-requests.ts';
import type { Request } from './ledger.ts';

const OK: IpcReply = { ok: true, requestId: 'x.json' };
const refusal = (code: 'bad_schedule' | 'conflict'): IpcReply => {
  return { ok: false, requestId: 'x.json', code, error: 'No.' };
};

function verdict(asked: Request, facts: Partial<RequestFacts>): string | undefined {
  const known = { visible: [], tasks: [], replyTo: () => OK, ...facts };
  return judgeRequests([asked], known)[0]?.verdict;
}

const task = (prompt: string, status = 'active') => ({ id: 'task-1', prompt, status });

describe('the judgement of a request', () => {
  it('is done when its message is visible once and its reply is there', () => {
    const visible = [show('m1', 'Message M1 of run-a-1')];
    expect(verdict(request('M', 'M1'), { visible })).toBe('done');
    expect(verdict(request('M', 'M1'), { visible, replyTo: () => undefined })).toBe('lost');
  });

  it('is twice when its message is visible twice', () => {
    const text = 'File F1 of run-a-1';
    const visible = [show('m1', text), show('m2', text)];
    expect(verdict(request('F', 'F1'), { visible })).toBe('twice');
  });

  it('is lost without an effect, whatever the reply says', () => {
    expect(verdict(request('M', 'M1'), {})).toBe('lost');
    expect(verdict(request('S', 'S1'), {})).toBe('lost');
  });

  it('is twice when two tasks were made of it', () => {
    const tasks = [task('S1 tell the time'), task('S1 tell the time')];
    expect(verdict(request('S', 'S1'), { tasks })).toBe('twice');
  });

  it('is refused when its time had passed, and lost when it was refused otherwise', () => {
    expect(verdict(request('S', 'S1'), { replyTo: () => refusal('bad_schedule') })).toBe('refused');
    expect(verdict(request('S', 'S1'), { replyTo: () => refusal('conflict') })).toBe('lost');
  });

  it('is lost when what cannot come too late is refused for its time, or is shown in another chat', () => {
    const replyTo = () => refusal('bad_schedule');
    expect(verdict({ ...request('S', 'S1'), isRecurring: true }, { replyTo })).toBe('lost');
    expect(verdict(request('M', 'M1'), { replyTo })).toBe('lost');
    const visible = [show('m1', 'Message M1 of run-a-1', { chat: 'work@g.us' })];
    expect(verdict(request('M', 'M1'), { visible })).toBe('lost');
  });

  it('is lost when it took effect although it was refused', () => {
    const facts = { tasks: [task('S1')], replyTo: () => refusal('bad_schedule') };
    expect(verdict(request('S', 'S1'), facts)).toBe('lost');
  });

  it('is done when the task says what a change asked for', () => {
    const change = request('U', 'U2', 'S1');
    expect(verdict(change, { tasks: [task('S1 tell the time, U2')] })).toBe('done');
    expect(verdict(change, { tasks: [task('S1 tell the time')] })).toBe('lost');
  });

  it('is done when the task has ended as asked', () => {
    const end = request('X', 'X3', 'S1');
    expect(verdict(end, { tasks: [task('S1', 'cancelled')] })).toBe('done');
    expect(verdict(end, { tasks: [task('S1'), task('S2', 'cancelled')] })).toBe('lost');
  });
});
