import { expect, test } from 'vitest';
import { parsePrivateHosts } from './private-hosts.ts';

test('services are hosts with their ports, with commas or spaces between them', () => {
  expect(parsePrivateHosts(' nas.home:8443, 192.168.1.2:80\n[fd00::2]:443')).toEqual([
    { name: 'nas.home', isSubdomains: false, port: 8443 },
    { name: '192.168.1.2', isSubdomains: false, port: 80 },
    { name: 'fd00::2', isSubdomains: false, port: 443 },
  ]);
  expect(parsePrivateHosts('')).toEqual([]);
});

test.each([
  'nas.home',
  'nas.home:8443,printer.home',
  '*:80',
  '*.lab.home:443',
  'http://nas.home:80',
  '10.0.0.0/8:80',
])('%j is refused', (text) => {
  expect(parsePrivateHosts(text)).toBeUndefined();
});
