import type { CliContext } from '../context.ts';
import type { AccountChat } from './chat-choice.ts';
import type { SetupOptions, SetupProvider } from './options.ts';
import type { Prompt } from './prompt.ts';
import type { Reporter } from './report.ts';

/** What the steps of one setup share. */
export interface SetupSession {
  readonly context: CliContext;
  readonly options: SetupOptions;
  readonly prompt: Prompt;
  readonly reporter: Reporter;
  /** What a person has said in this run and nothing keeps until a chat is registered. */
  readonly said: { provider?: SetupProvider };
  /** The account's chats, asked of WhatsApp once a run. */
  readonly listChats: () => Promise<readonly AccountChat[]>;
}
