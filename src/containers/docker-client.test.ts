import { expect, test } from 'vitest';
import { dockerOptions } from './docker-client.ts';

test.each([
  ['unix:///run/user/1000/docker.sock', { socketPath: '/run/user/1000/docker.sock' }],
  ['tcp://10.0.0.5', { protocol: 'http', host: '10.0.0.5', port: 2375 }],
  ['tcp://build:2376', { protocol: 'https', host: 'build', port: 2376 }],
  ['10.0.0.5:4000', { protocol: 'http', host: '10.0.0.5', port: 4000 }],
  ['ssh://ann@build', { protocol: 'ssh', host: 'build', port: 22, username: 'ann' }],
])('DOCKER_HOST %s is understood', (host, expected) => {
  expect(dockerOptions(host)).toEqual(expected);
});

test('an address that is none is refused', () => {
  expect(() => dockerOptions('tcp://')).toThrow('names no host');
});
