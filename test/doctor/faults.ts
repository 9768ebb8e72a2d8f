import type { FindingId } from '../../src/cli/doctor/finding-ids.ts';
import type { DoctorWorld } from './doctor-world.ts';

/** Something that is broken on purpose. */
export interface Fault {
  readonly ids: readonly FindingId[];
  readonly fault: string;
  readonly inject: (world: DoctorWorld) => void | Promise<void>;
  /** What a person does, as the mend says; or `fix`: what `--fix --yes` does. */
  readonly mend: 'fix' | ((world: DoctorWorld) => void | Promise<void>);
  /** Lets go of what the injection holds. */
  readonly after?: (world: DoctorWorld) => void;
}
