import { demand } from './fuzz-target.ts';

/** No input may reach what all objects have in common. */
export function demandSaneObjects(): void {
  const plain: Record<string, unknown> = {};
  demand(plain['polluted'] === undefined, 'Object.prototype has a property of the input');
  demand(plain['isMain'] === undefined, 'Object.prototype has a property of the input');
}
