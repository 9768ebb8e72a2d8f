/** What a command's exit code says; `deckhand --help` lists them. */
export const EXIT = {
  ok: 0,
  /** It did not work, or a problem was found. */
  failed: 1,
  /** Wrong arguments, or a configuration that cannot be used. */
  usage: 2,
  /** Something has to be set up first, usually the link. */
  notReady: 3,
  hostRunning: 4,
  /** Stopped by Ctrl-C or a termination signal. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODE_HELP = `
Exit codes:
  ${EXIT.ok}    it worked
  ${EXIT.failed}    it failed, or a problem was found
  ${EXIT.usage}    wrong arguments, or a configuration that cannot be used
  ${EXIT.notReady}    not set up yet, for example not linked to WhatsApp
  ${EXIT.hostRunning}    another host is running with this data folder
  ${EXIT.interrupted}  interrupted`;
