import { expect, test } from 'vitest';
import { mendDocker } from './docker.ts';

const missing = Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' });
const forbidden = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });

test.for([
  ['linux', '$ sudo apt-get install docker.io'],
  ['darwin', '$ brew install --cask docker'],
  ['win32', '$ winget install Docker.DockerDesktop'],
  ['freebsd', 'Install Docker Engine and start it.'],
] as const)('on %s a missing engine is installed or started', ([platform, command]) => {
  expect(mendDocker(missing, platform, false)).toContain(command);
});

test('a user without the right to use Docker is told how to get it', () => {
  expect(mendDocker(forbidden, 'linux', false)).toContain('$ sudo usermod -aG docker "$USER"');
});

test('an address that somebody configured comes before installing anything', () => {
  expect(mendDocker(missing, 'linux', true)).toMatch(/DOCKER_HOST\.$/);
});
