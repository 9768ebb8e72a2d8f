/** Kinds of systems that get Docker in different ways. */
export type SystemKind =
  | 'debian'
  | 'fedora'
  | 'arch'
  | 'other_linux'
  | 'wsl'
  | 'macos'
  | 'windows'
  | 'unknown';

/** What the machine says of itself. */
export interface SystemFacts {
  readonly platform: NodeJS.Platform;
  /** Content of /etc/os-release; empty when there is none. */
  readonly osRelease: string;
  /** Release of the kernel; WSL's names Microsoft. */
  readonly kernelRelease: string;
}

export function judgeSystem({ platform, osRelease, kernelRelease }: SystemFacts): SystemKind {
  if (platform === 'darwin') return 'macos';
  if (platform === 'win32') return 'windows';
  if (platform !== 'linux') return 'unknown';
  if (/microsoft/i.test(kernelRelease)) return 'wsl';
  const ids = ['ID', 'ID_LIKE'].flatMap((key) => readField(osRelease, key).split(/\s+/));
  if (ids.includes('debian') || ids.includes('ubuntu')) return 'debian';
  if (ids.includes('fedora') || ids.includes('rhel')) return 'fedora';
  return ids.includes('arch') ? 'arch' : 'other_linux';
}

function readField(osRelease: string, key: string): string {
  const value = new RegExp(`^${key}=(.*)$`, 'm').exec(osRelease)?.[1] ?? '';
  return value.replaceAll(/["']/g, '').trim().toLowerCase();
}

export interface EngineTrouble {
  readonly system: SystemKind;
  /** Of the operating system, e.g. `EACCES`; empty when it had none. */
  readonly code: string;
  /** The engine's address when somebody has configured one. */
  readonly address: string | undefined;
  /** Whether a `docker` program is on the path. */
  readonly isInstalled: boolean;
}

/** What to do so that an engine answers; lines that start with `$ ` are commands. */
export function describeDockerMend(trouble: EngineTrouble): string {
  const { code, address, isInstalled, system } = trouble;
  if (code === 'EACCES' || code === 'EPERM') return NOT_ALLOWED;
  if (address !== undefined) {
    return `Start the engine at ${address}, or remove or correct DOCKER_HOST.`;
  }
  return isInstalled ? START[system] : `${INSTALL[system]}${ROOTLESS[system] ?? ''}`;
}

/** Whoever may use Docker is as good as root on the machine (Docker's documentation says so). */
const NOT_ALLOWED =
  'This user may not use Docker. Run this, then log out and in again; it gives the user the rights of root:\n' +
  '$ sudo usermod -aG docker "$USER"\n' +
  'Without such rights use rootless Docker, and set DOCKER_HOST to its socket in .env:\n' +
  '$ dockerd-rootless-setuptool.sh install\n' +
  'DOCKER_HOST=unix:///run/user/<your uid>/docker.sock';

const WITH_SYSTEMD = '$ sudo systemctl enable --now docker';
const DESKTOP = 'Start Docker Desktop and wait until it says that the engine runs.';

const START: Readonly<Record<SystemKind, string>> = {
  debian: `Docker is installed and does not run. Start it:\n${WITH_SYSTEMD}`,
  fedora: `Docker is installed and does not run. Start it:\n${WITH_SYSTEMD}`,
  arch: `Docker is installed and does not run. Start it:\n${WITH_SYSTEMD}`,
  other_linux: `Docker is installed and does not run. With systemd it is started by:\n${WITH_SYSTEMD}`,
  wsl:
    'Start Docker Desktop in Windows and switch this distribution on under Settings → Resources → WSL ' +
    'integration; or start the engine here:\n$ sudo service docker start',
  macos: `${DESKTOP}\n$ open -a Docker`,
  windows: DESKTOP,
  unknown: 'Start the Docker engine.',
};

const THEN_ALLOW = '\n$ sudo usermod -aG docker "$USER"\nThen log out and in again.';
const INSTALL: Readonly<Record<SystemKind, string>> = {
  debian: `Install Docker and allow it for this user:\n$ sudo apt-get install docker.io${THEN_ALLOW}`,
  fedora:
    'Install Docker and allow it for this user:\n$ sudo dnf install moby-engine\n' +
    `${WITH_SYSTEMD}${THEN_ALLOW}`,
  arch:
    'Install Docker and allow it for this user:\n$ sudo pacman -S docker\n' +
    `${WITH_SYSTEMD}${THEN_ALLOW}`,
  other_linux: 'Install Docker Engine with the package manager of the system and start it.',
  wsl:
    'Install Docker Desktop in Windows and switch this distribution on under Settings → Resources → WSL ' +
    'integration; or install the engine here:\n$ sudo apt-get install docker.io\n$ sudo service docker start',
  macos: 'Install Docker Desktop and start it:\n$ brew install --cask docker\n$ open -a Docker',
  windows: 'Install Docker Desktop and start it:\n$ winget install Docker.DockerDesktop',
  unknown: 'Install Docker Engine and start it.',
};

const HINT = '\nRootless Docker works as well: set DOCKER_HOST to its socket in .env.';
const ROOTLESS: Partial<Record<SystemKind, string>> = {
  debian: HINT,
  fedora: HINT,
  arch: HINT,
  other_linux: HINT,
};
