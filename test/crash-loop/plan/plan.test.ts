import { describe, expect, it } from 'vitest';
import { CRASH_POINTS } from '../../../src/crash-points.ts';
import { createPlanner, type LifePlan } from './plan.ts';

function plan(seed: number, lives: number): LifePlan[] {
  const planner = createPlanner(seed);
  return Array.from({ length: lives }, () => planner.next());
}

describe('a plan', () => {
  it('is the same for a seed and another one for another', () => {
    expect(plan(7, 50)).toEqual(plan(7, 50));
    expect(plan(7, 50)).not.toEqual(plan(8, 50));
  });

  it('kills at every crash point within 200 lives, and mostly at random times', () => {
    const kills = plan(7, 200).map((life) => life.kill);
    const points = kills.flatMap((kill) => (kill.at === 'point' ? [kill.point] : []));
    expect(new Set(points)).toEqual(new Set(Object.keys(CRASH_POINTS)));
    expect(points.length).toBeLessThan(100);
  });

  it('comes back to a point that was missed', () => {
    const planner = createPlanner(7, 'resend-asked');
    const isPlain = ({ kill }: LifePlan) => kill.at === 'point' && kill.pass === 1;
    planner.missed('resend-asked');
    const lives = Array.from({ length: 10 }, () => planner.next());
    expect(lives.some(isPlain)).toBe(true);
  });

  it('lets a phone ask again before a kill at the resend', () => {
    const lives = createPlanner(7, 'resend-asked');
    const life = Array.from({ length: 10 }, () => lives.next()).find(
      ({ kill }) => kill.at === 'point',
    );
    expect(life?.whileUp.map((step) => step.type)).toContain('ask_resend');
  });
});
