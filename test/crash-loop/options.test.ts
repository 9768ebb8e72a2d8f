import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('the arguments of the loop', () => {
  it('are 200 kills with the drawn seed unless told otherwise', () => {
    expect(readOptions([], 17)).toEqual({
      ok: true,
      isJson: false,
      options: { kills: 200, seed: 17 },
    });
  });

  it('name kills, seed, crash point and mutation', () => {
    const argv = '--kills 5 --seed 7 --json --point run-due --mutate fresh-id'.split(' ');
    const options = { kills: 5, seed: 7, point: 'run-due', mutation: 'fresh-id' };
    expect(readOptions(argv, 17)).toEqual({ ok: true, isJson: true, options });
  });

  it('choose containers for the agents', () => {
    const options = { kills: 5, seed: 17, isDocker: true };
    expect(readOptions(['--kills', '5', '--runtime', 'docker'], 17)).toMatchObject({ options });
  });

  it.each([
    ['--kills 0', '--kills takes'],
    ['--kills many', '--kills takes'],
    ['--seed 4294967296', '--seed takes'],
    ['--point nowhere', 'no crash point "nowhere"'],
    ['--mutate nothing', 'no mutation "nothing"'],
    ['--runtime moon', '--runtime takes'],
    ['--fast', "Unknown option '--fast'"],
    ['more', 'Unexpected argument'],
  ])('%s is refused in one sentence', (argv, problem) => {
    const outcome = readOptions(argv.split(' '), 17);
    expect(outcome).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });
});
