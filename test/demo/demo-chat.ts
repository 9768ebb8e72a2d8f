import type { Group, Phone } from '../loopback/whatsapp/server.ts';
import type { LoopbackWorld } from '../world/loopback-world.ts';
import type { Say } from './say.ts';
import type { Stopwatch } from './stopwatch.ts';

/** A linked host with one registered group, and the member of it that the person plays. */
export interface DemoChat {
  readonly world: LoopbackWorld;
  readonly member: Phone;
  readonly group: Group;
  readonly say: Say;
  /** Runs since the last message of the member. */
  readonly stopwatch: Stopwatch;
}
