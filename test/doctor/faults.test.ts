import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseFaults } from './database-faults.ts';
import { complaints, createDoctorWorld, type DoctorWorld, LOCAL } from './doctor-world.ts';
import type { Fault } from './faults.ts';
import { installationFaults } from './installation-faults.ts';
import { registrationFaults } from './registration-faults.ts';
import { usageFaults } from './usage-faults.ts';

let world: DoctorWorld;
beforeEach(async () => {
  world = await createDoctorWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const named = ({ ids, fault, ...rest }: Fault) => ({
  ids,
  ...rest,
  title: `${ids.join(', ')}: ${fault}`,
});

const faults = [...installationFaults, ...databaseFaults, ...registrationFaults, ...usageFaults];

test.for(faults.map(named))(
  '$title is found, alone, until it is mended',
  async ({ ids, inject, mend, after }) => {
    expect(await complaints(world)).toEqual([]);
    await inject(world);
    expect(await complaints(world)).toEqual(ids);
    if (mend === 'fix') {
      const mended = ids.map((id) => `${id} mended`);
      expect(await complaints(world, [...LOCAL, '--fix', '--yes'])).toEqual(mended);
    } else await mend(world);
    expect(await complaints(world)).toEqual([]);
    after?.(world);
  },
);
