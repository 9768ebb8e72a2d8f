import type { Counts } from './types.ts';

export function createCounts(): Counts {
  return {
    connections: 0,
    logins: 0,
    messagesReceived: 0,
    messagesDelivered: 0,
    redeliveries: 0,
    acksSent: 0,
    acksDropped: 0,
    acksReceived: 0,
    receipts: {},
    iqs: {},
    presences: {},
    unhandled: [],
    protocolErrors: [],
  };
}

export function increment(counters: Record<string, number>, name: string): void {
  counters[name] = (counters[name] ?? 0) + 1;
}
