import type { AskApp } from '../../app/ask.ts';
import { type AskConversation, createConversation } from '../../ask/conversation.ts';
import { checkQuestion } from '../../core/ask/question.ts';
import type { AskTarget } from '../../core/ask/target.ts';
import type { GroupMap } from '../../core/registration.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { type AskOptions, findTarget } from '../ask/ask-target.ts';
import { openForCommand } from '../ask/open-app.ts';
import { say } from '../ask/progress.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { ChatInput } from './chat-input.ts';
import { CHAT_HELP, readChatLine } from './chat-line.ts';
import { ChatInterrupts } from './interrupts.ts';
import { runChatTurn } from './turn.ts';

/** What a chat is at the moment. */
interface ChatState {
  target: AskTarget;
  conversation: AskConversation;
  /** Of the last question. */
  code: ExitCode;
}

interface ChatParts {
  readonly context: CliContext;
  readonly app: AskApp;
  readonly groups: GroupMap;
  readonly options: AskOptions;
  readonly interrupts: ChatInterrupts;
}

/** Talks with a group's agent until the person leaves or the input ends. */
export async function chat(
  context: CliContext,
  groups: GroupMap,
  options: AskOptions,
): Promise<ExitCode> {
  const target = findTarget(groups, options);
  const paths = installationPaths(context);
  // A running host owns the schema; one of another version is told apart here.
  if (isHostRunning(paths.lock)) readDatabase(paths.database, () => true);
  await using app = await openForCommand(context, context.loadConfig(), groups);
  const interrupts = new ChatInterrupts(context.signal);
  using input = new ChatInput(context, () => {
    if (interrupts.press() === 'hint') {
      input.interject(() => say(context, 'Press Ctrl-C again, or type /quit, to leave.'));
    }
  });
  if (context.isStdinTty) say(context, `chat with ${target.group.name}; /help shows what there is`);
  const state: ChatState = { target, conversation: createConversation(), code: EXIT.ok };
  return await converse({ context, app, groups, options, interrupts }, state, input);
}

async function converse(parts: ChatParts, state: ChatState, input: ChatInput): Promise<ExitCode> {
  const { context, interrupts } = parts;
  for (;;) {
    const typed = await nextText(input, interrupts);
    if (typed.kind === 'interrupted') return EXIT.interrupted;
    // At a terminal the person has seen how each question ended.
    if (typed.kind === 'end') return context.isStdinTty ? EXIT.ok : state.code;
    interrupts.reset();
    if ((await follow(parts, state, typed.text)) === 'leave') {
      return interrupts.leaving.aborted ? EXIT.interrupted : EXIT.ok;
    }
  }
}

type Typed = { kind: 'text'; text: string } | { kind: 'end' } | { kind: 'interrupted' };

async function nextText(input: ChatInput, { leaving }: ChatInterrupts): Promise<Typed> {
  try {
    const text = await input.next(leaving);
    return text === undefined ? { kind: 'end' } : { kind: 'text', text };
  } catch (error) {
    if (leaving.aborted) return { kind: 'interrupted' };
    throw error;
  }
}

async function follow(parts: ChatParts, state: ChatState, text: string): Promise<'on' | 'leave'> {
  const { context } = parts;
  const line = readChatLine(text);
  switch (line.kind) {
    case 'empty':
      return 'on';
    case 'quit':
      return 'leave';
    case 'help':
      context.stderr(CHAT_HELP);
      return 'on';
    case 'new':
      state.conversation = createConversation();
      say(context, 'what was said is forgotten');
      return 'on';
    case 'model':
      chooseModel(parts, state, line.name);
      return 'on';
    case 'unknown':
      say(context, `${line.word} is not known, or not so; /help shows what there is`);
      return 'on';
    case 'question':
      return ask(parts, state, line.text);
    default:
      return line satisfies never;
  }
}

function chooseModel(
  { context, groups, options }: ChatParts,
  state: ChatState,
  name: string | undefined,
): void {
  if (name !== undefined) {
    try {
      // The new model picks its agent, whatever was chosen before.
      state.target = findTarget(groups, { group: options.group, model: name });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      say(context, error.message);
      return;
    }
  }
  const { model } = state.target.group;
  const primary = typeof model === 'string' ? model : model?.primary;
  say(context, primary === undefined ? 'asking the default model' : `asking ${primary}`);
}

async function ask(parts: ChatParts, state: ChatState, text: string): Promise<'on' | 'leave'> {
  const { context, app, groups, interrupts } = parts;
  const question = checkQuestion(text);
  if (!question.ok) {
    say(context, question.reason);
    state.code = EXIT.usage;
    return 'on';
  }
  const { target, conversation } = state;
  using turn = interrupts.beginTurn();
  const asked = { text: question.text, target, conversation, groups };
  state.code = await runChatTurn({ context, app, signal: turn.signal }, asked);
  return interrupts.leaving.aborted ? 'leave' : 'on';
}
