import type { Replacement } from '../../mutation/replacement.ts';

interface SwitchedOff {
  /** The row that must fail then. */
  readonly row: string;
  readonly changes: readonly Replacement[];
}

/** Controls that are switched off to see whether the attack on them gets through, by what is possible then. */
export const MUTATIONS = {
  'follow-links': {
    row: 'T1',
    changes: [
      { file: 'ipc/request-file.ts', from: 'constants.O_NOFOLLOW | ', to: '' },
      {
        file: 'ipc/request-file.ts',
        from: "if (!(await lstat(path)).isFile()) return unsafe('is not a regular file');",
        to: '',
      },
    ],
  },
  'huge-requests': {
    row: 'T4',
    changes: [
      {
        file: 'ipc/request-file.ts',
        from: 'readAtMost(handle, MAX_REQUEST_BYTES)',
        to: 'readAtMost(handle, 1e9)',
      },
    ],
  },
  'endless-share': {
    row: 'T5',
    changes: [
      {
        file: 'ipc/token-bucket.ts',
        from: 'if (this.#tokens < 1) return',
        to: 'if (false) return',
      },
    ],
  },
  'any-chat': {
    row: 'T6',
    changes: [
      {
        file: 'ipc/commands/destination.ts',
        from: 'if (chatJid === group.jid) return undefined;',
        to: 'return undefined;',
      },
    ],
  },
  'any-folder': {
    row: 'T7',
    changes: [
      { file: 'core/folder-name.ts', from: '/^[a-z0-9][a-z0-9_-]{0,63}$/', to: '/^[^]*$/' },
    ],
  },
  'raw-text': {
    row: 'T8',
    changes: [
      {
        file: 'core/terminal-text.ts',
        from: 'return text.replace(UNSAFE, (found)',
        to: 'return text.replace(/(?!)/g, (found)',
      },
    ],
  },
  'open-markup': {
    row: 'T9',
    changes: [{ file: 'core/prompt.ts', from: '/[&<>]|(?![\\n\\t])', to: '/[&>]|(?![\\n\\t])' }],
  },
  'any-sender': {
    row: 'T10',
    changes: [
      {
        file: 'core/access.ts',
        from: 'export function mayAsk',
        to: 'export const mayAsk = () => true; function unused',
      },
    ],
  },
  'any-policy': {
    row: 'T12',
    changes: [
      {
        file: 'core/egress-policy.ts',
        from: "case 'model-only':\n      return false;",
        to: "case 'model-only':\n      return true;",
      },
    ],
  },
  'any-token': {
    row: 'T13',
    changes: [
      {
        file: 'gateway/run-token.ts',
        from: 'return bytes.length === otherBytes.length && timingSafeEqual(bytes, otherBytes);',
        to: 'return true;',
      },
    ],
  },
  'mounted-credentials': {
    row: 'T13',
    changes: [{ file: 'core/outlet.ts', from: "doors.ok ? 'proxy' : 'mounted'", to: "'mounted'" }],
  },
  'any-address': {
    row: 'T14',
    changes: [
      {
        file: 'egress/judge-destination.ts',
        from: 'if (address === undefined || isInAny(address, surroundings.local)) return false;',
        to: 'if (address !== undefined) return true;',
      },
    ],
  },
  'own-network': {
    row: 'T14',
    changes: [
      {
        file: 'containers/container-options.ts',
        from: "outlet.kind === 'gateway' ? 'none' : 'bridge'",
        to: "'bridge'",
      },
    ],
  },
  capabilities: {
    row: 'T15',
    changes: [{ file: 'containers/container-options.ts', from: "CapDrop: ['ALL'],", to: '' }],
  },
  'no-process-limit': {
    row: 'T16',
    changes: [{ file: 'containers/container-limits.ts', from: 'PidsLimit: PIDS_LIMIT,', to: '' }],
  },
  'open-files': {
    row: 'T20',
    changes: [
      {
        file: 'host-folders.ts',
        from: 'await chmod(paths.data, 0o700);',
        to: 'await chmod(paths.data, 0o755);',
      },
      { file: 'db/database.ts', from: 'chmodSync(path, 0o600);', to: 'chmodSync(path, 0o644);' },
    ],
  },
  'writable-home': {
    row: 'T17',
    changes: [
      {
        file: 'core/mounts.ts',
        from: 'readable(sources.codexHome, paths.codexHome)',
        to: 'writable(sources.codexHome, paths.codexHome)',
      },
    ],
  },
  'any-mount': {
    row: 'T18',
    changes: [
      {
        file: 'core/extra-mounts.ts',
        from: 'if (obstacle !== undefined) return refuse(obstacle);',
        to: '',
      },
    ],
  },
  'any-size': {
    row: 'T19',
    changes: [
      { file: 'core/inbound-media.ts', from: 'sticker: 2 * MIB', to: 'sticker: 2_000 * MIB' },
    ],
  },
  'any-origin': {
    row: 'T21',
    changes: [
      {
        file: 'web/security/gate.ts',
        from: "return refuse(c, 'origin');",
        to: 'void 0;',
      },
    ],
  },
  'told-secrets': {
    row: 'T22',
    changes: [
      {
        file: 'log-censor.ts',
        from: 'line.replace(known, CENSOR).replace(FIELD, `$1$2${CENSOR}`)',
        to: 'line',
      },
    ],
  },
} as const satisfies Record<string, SwitchedOff>;

export type Mutation = keyof typeof MUTATIONS;

export const MUTATION_NAMES = Object.keys(MUTATIONS) as [Mutation, ...Mutation[]];
