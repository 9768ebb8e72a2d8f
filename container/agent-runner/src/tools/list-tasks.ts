import { join } from 'node:path';
import { SNAPSHOT_FILES, type SnapshotTask, tasksSnapshotSchema } from '@deckhand/protocol';
import { readSnapshot } from './snapshot.ts';
import { defineTool } from './tool.ts';

export const listTasks = defineTool({
  name: 'list_tasks',
  description:
    'Lists the active and paused scheduled tasks: id, schedule, next times, prompt. The main group sees those of all groups.',
  shape: {},
  isReadOnly: true,
  async run(_input, { ipcFolder }) {
    const tasks = await readSnapshot(join(ipcFolder, SNAPSHOT_FILES.tasks), tasksSnapshotSchema);
    if (tasks === undefined) return { text: 'The list of tasks is not there.', isError: true };
    const text = tasks.length === 0 ? 'No task is scheduled.' : tasks.map(describe).join('\n\n');
    return { text, isError: false };
  },
});

function describe(task: SnapshotTask): string {
  const { id, groupFolder, status, schedule_type, schedule_value, context_mode } = task;
  const times = task.nextRuns.length === 0 ? 'none' : task.nextRuns.join('; ');
  return [
    `${id} [${status}] group ${groupFolder}: ${schedule_type} ${schedule_value}, context ${context_mode}${task.hasScript ? ', with a pre-check script' : ''}`,
    `next (${task.timeZone}): ${times}`,
    `prompt: ${task.prompt}`,
  ].join('\n');
}
