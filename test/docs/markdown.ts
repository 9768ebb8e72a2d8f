import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '..', '..');

export function readDoc(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** Everything written for people and agents, as paths from the project's root. */
export function listDocs(): string[] {
  const atTop = readdirSync(projectRoot).filter((name) => name.endsWith('.md'));
  const below = ['docs', '.claude/skills', 'test'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );
  return [...atTop, ...below, 'groups/CLAUDE.md'];
}

/** From the heading of level 2 with this title to the next one. Empty when there is none. */
export function section(doc: string, title: string): string {
  const parts = doc.split(/^## /m);
  return parts.find((part) => part.split('\n', 1)[0] === title) ?? '';
}

/** Cells of all table rows that begin with code, i.e. without the heads. */
export function tableRows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** Contents of the fenced blocks with this info string. */
export function codeBlocks(text: string, info: string): string[] {
  const blocks = text.matchAll(/^```(.*)\n([^]*?)^```$/gm);
  return [...blocks].flatMap(([, found, content = '']) => (found === info ? [content] : []));
}

/** Without fenced blocks and code spans, in which nothing is a heading or a link. */
function withoutCode(doc: string): string {
  return doc.replaceAll(/^```.*\n[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '`');
}

/** Anchors of all headings, as GitHub makes them. */
export function anchorsOf(doc: string): Set<string> {
  const headings = doc.replaceAll(/^```.*\n[^]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm);
  return new Set([...headings].map(([, title = '']) => anchorOf(title)));
}

/** The anchor of a heading with this text. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** Relative links: where they point to, and the anchor behind `#`. */
export function relativeLinks(doc: string): { path: string; anchor: string }[] {
  const links = withoutCode(doc).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor = ''] = target.split('#');
    return [{ path, anchor }];
  });
}
