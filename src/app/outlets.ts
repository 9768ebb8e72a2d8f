import type { Config } from '../config.ts';
import type { OutletPlan } from '../containers/agent-planner.ts';
import type { RegisteredGroup } from '../core/group.ts';
import { type DoorSupport, decideOutlet, type OutletDecision } from '../core/outlet.ts';

/** How the containers of groups reach the outside; `none` of them can use a door until that is known. */
export class Outlets {
  readonly #config: Pick<Config, 'credentials' | 'egress'>;
  readonly #doorFolder: (folder: string) => string;
  #doors: DoorSupport;

  constructor(
    config: Pick<Config, 'credentials' | 'egress'>,
    doorFolder: (folder: string) => string,
    doors: DoorSupport,
  ) {
    this.#config = config;
    this.#doorFolder = doorFolder;
    this.#doors = doors;
  }

  get doors(): DoorSupport {
    return this.#doors;
  }

  setDoors(doors: DoorSupport): void {
    this.#doors = doors;
  }

  /** Through the host's door and not otherwise. */
  hasDoor(group: RegisteredGroup): boolean {
    const decision = this.#decide(group);
    return decision.ok && decision.kind === 'gateway';
  }

  /** By a network, with credentials of its own. */
  mayHoldCredentials(group: RegisteredGroup): boolean {
    const decision = this.#decide(group);
    return decision.ok && decision.kind === 'network';
  }

  /** What the group's container is made with, or why it must not be made. */
  plan(group: RegisteredGroup): OutletPlan {
    const decision = this.#decide(group);
    if (!decision.ok) return decision;
    if (decision.kind === 'network') return { ok: true, outlet: { kind: 'network' } };
    const doorFolder = this.#doorFolder(group.folder);
    return { ok: true, outlet: { kind: 'gateway', doorFolder } };
  }

  #decide(group: RegisteredGroup): OutletDecision {
    const { credentials, egress } = this.#config;
    return decideOutlet(group, { credentials, egress: egress.policy, doors: this.#doors });
  }
}
