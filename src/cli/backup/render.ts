import { statSync } from 'node:fs';
import type { Backup } from '../../backup/create-backup.ts';
import type { BackupHeader, LeftOut, LeftOutReason } from '../../backup/manifest.ts';
import { formatBytes } from '../../core/byte-size.ts';
import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';

export interface BackupSummary {
  /** The archive. */
  readonly file: string;
  /** Of the archive. */
  readonly bytes: number;
  readonly header: BackupHeader;
  readonly fileCount: number;
  /** Of the files in it. */
  readonly fileBytes: number;
  readonly leftOut: readonly LeftOut[];
}

/** As many are named one by one; `--json` names all. */
const SHOWN = 10;

const REASONS: Readonly<Record<LeftOutReason, string>> = {
  link: 'a link, which is never followed',
  special: 'neither file nor folder',
  large: 'larger than 1 MB',
  long: 'its path is too long',
  unreadable: 'this user may not read it',
  gone: 'removed meanwhile',
};

export function summarizeBackup(file: string, { header, manifest }: Backup): BackupSummary {
  return {
    file,
    bytes: statSync(file).size,
    header,
    fileCount: manifest.files.length,
    fileBytes: manifest.files.reduce((sum, { size }) => sum + size, 0),
    leftOut: manifest.leftOut,
  };
}

export function renderBackup(summary: BackupSummary): string {
  const { file, bytes, fileCount, fileBytes, leftOut, header } = summary;
  const count = `${fileCount} ${fileCount === 1 ? 'file' : 'files'}`;
  const lines = [
    file,
    `  ${count}, ${formatBytes(fileBytes)}; the archive has ${formatBytes(bytes)}`,
    ...describeLeftOut(leftOut),
    '',
    ...wrapText(header.secrets ? WITH_SECRETS : WITHOUT_SECRETS, LINE_WIDTH),
  ];
  return `${lines.join('\n')}\n`;
}

const WITH_SECRETS =
  'It holds your credentials and the keys of the WhatsApp link: whoever has it can read and write as you. Keep it ' +
  'as you keep passwords, and never restore it while the link is in use elsewhere.';
const WITHOUT_SECRETS =
  'It holds messages and memory, but no credentials, no .env and no keys of the WhatsApp link; --with-secrets adds ' +
  'them.';

function describeLeftOut(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const shown = leftOut
    .slice(0, SHOWN)
    .map(
      ({ path, reason }) => `    ${fitToWidth(terminalText(path), LINE_WIDTH)}: ${REASONS[reason]}`,
    );
  const more = leftOut.length > SHOWN ? [`    and ${leftOut.length - SHOWN} more`] : [];
  return ['  Left out:', ...shown, ...more];
}
