import type { Command } from 'commander';
import { createDocumentedProgram, listCommands } from './documented-program.ts';
import { anchorOf } from './markdown.ts';

/** Where a person reads more about each command. */
const PAGES: Readonly<Record<string, string>> = {
  setup: 'setup.md',
  link: 'guide.md#link-a-whatsapp-account',
  login: 'sign-in.md',
  logout: 'sign-in.md#logging-out',
  start: 'guide.md#start-and-stop',
  ask: 'ask.md',
  chat: 'chat.md',
  simulate: 'simulate.md',
  import: 'moving-from-nanoclaw.md',
  groups: 'guide.md#register-groups',
  tasks: 'guide.md#scheduled-tasks',
  models: 'models.md',
  status: 'guide.md#every-day',
  why: 'why.md',
  runs: 'why.md#what-agents-did',
  logs: 'why.md#the-log',
  doctor: 'doctor.md',
  service: 'service.md',
  backup: 'backup.md',
  restore: 'backup.md#what-a-restore-does',
  completion: 'guide.md#every-day',
};

/** docs/commands.md: a table of all commands and the help of each as the program prints it. */
export function renderCommandReference(): string {
  const help: string[] = [];
  const program = createDocumentedProgram((text) => help.push(text));
  const helpOf = (command: Command) => {
    help.length = 0;
    command.outputHelp();
    return ['```text', help.join('').trimEnd(), '```'].join('\n');
  };
  const rows = program.commands.flatMap((command) => tableRow(command));
  const sections = listCommands(program).map(
    ({ words, command }) => `## ${words.join(' ')}\n\n${helpOf(command)}\n`,
  );
  return [INTRODUCTION, [...HEAD, ...rows].join('\n'), '', helpOf(program), '', ...sections].join(
    '\n',
  );
}

const INTRODUCTION = `# Commands

<!-- Written by \`npm run docs\` from the program itself: change the command, not this page. -->

What \`npx deckhand <command> --help\` prints, for every command. Run them in Deckhand's folder.
`;

const HEAD = ['| Command | Does | More |', '|---|---|---|'];

function tableRow(command: Command): string[] {
  const name = command.name();
  if (name === 'help') return [];
  const page = PAGES[name];
  if (page === undefined) throw new Error(`test/docs/command-reference.ts has no page for ${name}`);
  const label = page.replace(/#.*/, '');
  const summary = command.summary() || command.description();
  return [`| [\`${name}\`](#${anchorOf(name)}) | ${summary} | [${label}](${page}) |`];
}
