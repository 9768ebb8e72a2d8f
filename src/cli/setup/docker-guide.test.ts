import { expect, test } from 'vitest';
import { describeDockerMend, judgeSystem, type SystemKind } from './docker-guide.ts';

const linux = { platform: 'linux' as const, kernelRelease: '6.8.0-generic' };

test.each([
  ['ID=debian', 'debian'],
  ['ID=ubuntu\nID_LIKE=debian', 'debian'],
  ['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"', 'debian'],
  ['ID=fedora', 'fedora'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"', 'fedora'],
  ['ID=arch', 'arch'],
  ['ID=endeavouros\nID_LIKE=arch', 'arch'],
  ['ID=alpine', 'other_linux'],
  ['VARIANT_ID=debian', 'other_linux'],
  ['', 'other_linux'],
])('%j is a system of the kind %s', (osRelease, kind) => {
  expect(judgeSystem({ ...linux, osRelease })).toBe(kind);
});

test('WSL is told by its kernel, whatever runs in it', () => {
  const kernelRelease = '5.15.153.1-microsoft-standard-WSL2';
  expect(judgeSystem({ ...linux, kernelRelease, osRelease: 'ID=debian' })).toBe('wsl');
});

test.each([
  ['darwin', 'macos'],
  ['win32', 'windows'],
  ['freebsd', 'unknown'],
] as const)('%s is %s', (platform, kind) => {
  expect(judgeSystem({ platform, osRelease: '', kernelRelease: '' })).toBe(kind);
});

const trouble = { code: 'ENOENT', address: undefined, isInstalled: false };

test.each([
  ['debian', '$ sudo apt-get install docker.io'],
  ['fedora', '$ sudo dnf install moby-engine'],
  ['arch', '$ sudo pacman -S docker'],
  ['macos', '$ brew install --cask docker'],
  ['windows', '$ winget install Docker.DockerDesktop'],
  ['wsl', 'WSL integration'],
] as const)('without Docker %s is told how to install it', (system, command) => {
  expect(describeDockerMend({ ...trouble, system })).toContain(command);
});

test.each([
  ['debian', '$ sudo systemctl enable --now docker'],
  ['macos', '$ open -a Docker'],
  ['wsl', '$ sudo service docker start'],
] as const)('with Docker that does not run %s is told how to start it', (system, command) => {
  const mend = describeDockerMend({ ...trouble, system, isInstalled: true });
  expect(mend).toContain(command);
  expect(mend).not.toContain('install docker');
});

test.each(['EACCES', 'EPERM'])('%s is mended by the group docker or by rootless Docker', (code) => {
  const mend = describeDockerMend({ ...trouble, code, isInstalled: true, system: 'debian' });
  expect(mend).toContain('$ sudo usermod -aG docker "$USER"');
  expect(mend).toContain('rights of root');
  expect(mend).toContain('dockerd-rootless-setuptool.sh');
});

test('an address that somebody has configured is named', () => {
  const address = 'unix:///nowhere/docker.sock';
  const mend = describeDockerMend({ ...trouble, system: 'debian', address });
  expect(mend).toContain(`Start the engine at ${address}`);
});

test.each<SystemKind>(['debian', 'fedora', 'arch', 'other_linux'])(
  'rootless Docker is mentioned on %s',
  (system) => {
    expect(describeDockerMend({ ...trouble, system })).toContain('Rootless');
  },
);
