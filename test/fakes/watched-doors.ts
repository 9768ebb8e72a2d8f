import type { Gateway } from '../../src/ports.ts';
import { NO_GATEWAY } from './no-gateway.ts';

/** Doors of all groups that write down what happens at them, and take every outcome as it is told. */
export function watchedDoors(events: string[] = []): Gateway {
  return {
    ...NO_GATEWAY,
    serves: () => true,
    admit({ runId, isAdopted }) {
      events.push(isAdopted ? 'admitted again' : 'admitted');
      return Promise.resolve({
        access: { token: runId },
        settle(outcome) {
          events.push('settled');
          return outcome;
        },
        [Symbol.dispose]: () => void events.push('closed'),
      });
    },
  };
}
