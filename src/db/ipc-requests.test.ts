import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from './database.ts';
import { createIpcRequests, type IpcRequest, type IpcRequests } from './ipc-requests.ts';
import { migration } from './migrations/003-ipc-requests.ts';

let db: Db;
let requests: IpcRequests;

beforeEach(() => {
  db = openDatabase(':memory:', [{ ...migration, version: 1 }]);
  requests = createIpcRequests(db);
});

afterEach(() => {
  db.close();
});

function request(folder: string, requestId: string, createdAt: number): IpcRequest {
  const reply = { ok: true, requestId, messageId: '3EB0' } as const;
  return { folder, requestId, contentHash: 'abc', reply, createdAt };
}

describe('ipc requests', () => {
  it('gives back the reply of a known request and nothing for others', () => {
    requests.insert(request('family', 'a.json', 1));
    expect(requests.find('family', 'a.json')).toEqual({
      contentHash: 'abc',
      reply: { ok: true, requestId: 'a.json', messageId: '3EB0' },
    });
    expect(requests.find('work', 'a.json')).toBeUndefined();
    expect(requests.find('family', 'b.json')).toBeUndefined();
  });

  it('refuses a second effect under one name', () => {
    requests.insert(request('family', 'a.json', 1));
    expect(() => requests.insert(request('family', 'a.json', 2))).toThrow(/UNIQUE/);
  });

  it('forgets old requests, and the oldest of a folder that has too many', () => {
    requests.insert(request('quiet', 'old.json', 5));
    requests.insert(request('quiet', 'new.json', 10));
    for (let at = 10; at < 15; at += 1) requests.insert(request('busy', `${at}.json`, at));
    expect(requests.prune(10, 2)).toBe(4);
    const known = (folder: string, id: string) => requests.find(folder, id) !== undefined;
    expect([known('quiet', 'old.json'), known('quiet', 'new.json')]).toEqual([false, true]);
    expect([known('busy', '12.json'), known('busy', '13.json')]).toEqual([false, true]);
  });
});
