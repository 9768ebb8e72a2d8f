import { editMessage } from './edit-message.ts';
import { refreshGroups, registerGroup } from './groups.ts';
import { listTasks } from './list-tasks.ts';
import { react } from './react.ts';
import { replyToMessage } from './reply-to-message.ts';
import { scheduleTask } from './schedule-task.ts';
import { sendFile } from './send-file.ts';
import { sendImage } from './send-image.ts';
import { sendMessage } from './send-message.ts';
import { sendVoice } from './send-voice.ts';
import { cancelTask, pauseTask, resumeTask, runTaskNow } from './task-action.ts';
import type { HostTool } from './tool.ts';
import { updateTask } from './update-task.ts';

/** Name of the MCP server that has the tools, in every provider. */
export const TOOL_SERVER = 'deckhand';

const TOOLS: readonly HostTool[] = [
  sendMessage,
  replyToMessage,
  react,
  editMessage,
  sendFile,
  sendImage,
  sendVoice,
  scheduleTask,
  listTasks,
  updateTask,
  pauseTask,
  resumeTask,
  cancelTask,
  runTaskNow,
  refreshGroups,
  registerGroup,
];

/** The tools that a group is offered. Whether it may do what it asks, the host decides. */
export function toolsFor({ isMain }: { readonly isMain: boolean }): readonly HostTool[] {
  return TOOLS.filter((tool) => isMain || !tool.isForMainOnly);
}

/** Whether a call of the tool leaves nothing behind. */
export function isReadOnlyTool(name: string): boolean {
  return TOOLS.some((tool) => tool.name === name && tool.isReadOnly);
}
