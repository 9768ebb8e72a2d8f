import { expect, test } from 'vitest';
import { denialSteps } from './denial-steps.ts';
import { AROUND, attemptOf, factsOf, runOf } from './facts.fixture.ts';
import type { DenialFacts } from './facts.ts';
import { tellStory } from './tell-story.ts';

const DENIED: DenialFacts = { host: 'example.org', port: 443, reason: 'policy', count: 1 };

test('a run that was denied nothing has no step for it', () => {
  expect(denialSteps([], runOf())).toEqual([]);
});

test('a story tells where the agent might not go, and how a person allows it', () => {
  const denials: DenialFacts[] = [
    DENIED,
    { host: '::1', port: 80, reason: 'private_address', count: 3 },
    { host: 'x y', port: 0, reason: 'bad_host', count: 1 },
  ];
  const facts = factsOf({ run: runOf(), attempts: [attemptOf()], denials });
  const step = tellStory(facts, AROUND).steps.find(({ name }) => name === 'denied');
  expect(step).toEqual({
    name: 'denied',
    status: 'no',
    detail:
      'example.org:443, not allowed by the egress policy of its group; [::1]:80 (at least 3 times), not on the internet; ' +
      'x y, no host; `deckhand groups set family --allow-host <host>` allows one',
  });
});

test('of many destinations five are named', () => {
  const many = Array.from({ length: 7 }, (_, index) => ({ ...DENIED, port: index + 1 }));
  const [step] = denialSteps(many, runOf());
  expect(step?.detail).toContain('example.org:5,');
  expect(step?.detail).toContain('and 2 more');
  expect(step?.detail).not.toContain('example.org:6');
});
