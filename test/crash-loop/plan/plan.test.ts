import { describe, expect, it } from 'vitest';
import { CRASH_POINTS } from '../../../src/crash-points.ts';
import { createPlanner, type LifePlan } from './plan.ts';

/** Where each life is killed as planned. */
function plan(seed: number, kills: number): LifePlan[] {
  const planner = createPlanner({ seed, kills });
  return Array.from({ length: kills }, () => {
    const life = planner.next();
    planner.note(life, life.kill.at === 'point' ? life.kill.point : life.kill.at);
    return life;
  });
}

function pointsOf(lives: readonly LifePlan[]): string[] {
  return lives.flatMap(({ kill }) => (kill.at === 'point' ? [kill.point] : []));
}

describe('a plan', () => {
  it('is the same for a seed and another one for another', () => {
    expect(plan(7, 50)).toEqual(plan(7, 50));
    expect(plan(7, 50)).not.toEqual(plan(8, 50));
  });

  it('kills at every crash point within 200 lives, and mostly at random times', () => {
    const points = pointsOf(plan(7, 200));
    expect(new Set(points)).toEqual(new Set(Object.keys(CRASH_POINTS)));
    expect(points.length).toBeLessThan(100);
  });

  it('tries a point that was missed again until the host comes to it', () => {
    const planner = createPlanner({ seed: 7, kills: 200 });
    let tries = 0;
    for (let life = planner.next(); life.number < 200; life = planner.next()) {
      const { kill } = life;
      const isMissed = kill.at === 'point' && kill.point === 'run-due' && tries < 3;
      if (isMissed) tries += 1;
      planner.note(life, kill.at === 'point' && !isMissed ? kill.point : 'late');
    }
    expect(tries).toBe(3);
  });

  it('goes for the points that are missing when few kills are left', () => {
    const points = pointsOf(plan(7, 60));
    expect(new Set(points)).toEqual(new Set(Object.keys(CRASH_POINTS)));
  });

  it('lets a phone ask again before a kill at the resend', () => {
    const planner = createPlanner({ seed: 7, kills: 10, only: 'resend-asked' });
    const lives = Array.from({ length: 10 }, () => planner.next());
    const life = lives.find(({ kill }) => kill.at === 'point');
    expect(life?.whileUp.map((step) => step.type)).toContain('ask_resend');
  });
});
