/** Where the parts of a group lie, seen from inside its container. */
export interface AgentPaths {
  /** The group's own folder and working directory. */
  readonly group: string;
  /** Read-only folder with the memory shared by all groups. */
  readonly global: string;
  /** Read-only parts of the project; exists for the main group only. */
  readonly project: string;
  /** Mailbox folder, see docs/ipc.md. */
  readonly ipc: string;
  readonly home: string;
  readonly codexHome: string;
  readonly claudeHome: string;
}

export const WORKSPACE = '/workspace';
export const AGENT_HOME = '/home/node';

/** Environment names by which a runtime without mounts moves the two roots. */
export const WORKSPACE_ENV = 'DECKHAND_WORKSPACE';

export function agentPaths(workspace: string = WORKSPACE, home: string = AGENT_HOME): AgentPaths {
  return {
    group: `${workspace}/group`,
    global: `${workspace}/global`,
    project: `${workspace}/project`,
    ipc: `${workspace}/ipc`,
    home,
    codexHome: `${home}/.codex`,
    claudeHome: `${home}/.claude`,
  };
}

/** Folders of the mailbox. The agent writes `messages` and `tasks`, the host writes the others. */
export const MAILBOX_FOLDERS = ['messages', 'tasks', 'input', 'replies'] as const;
export type MailboxFolder = (typeof MAILBOX_FOLDERS)[number];
