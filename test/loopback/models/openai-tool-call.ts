import { randomUUID } from 'node:crypto';
import type { ModelRequest } from './model-request.ts';

type CallItem = Record<string, unknown> & { type: string };

function functionCall(name: string, input: unknown): CallItem {
  const id = randomUUID();
  return {
    type: 'function_call',
    id: `fc_${id}`,
    call_id: `call_${id}`,
    name,
    arguments: JSON.stringify(input),
  };
}

function customCall(name: string, input: string): CallItem {
  const id = randomUUID();
  return { type: 'custom_tool_call', id: `ctc_${id}`, call_id: `call_${id}`, name, input };
}

function localShellCall(command: string): CallItem {
  const id = randomUUID();
  return {
    type: 'local_shell_call',
    id: `lsc_${id}`,
    call_id: `call_${id}`,
    status: 'completed',
    action: { type: 'exec', command: ['bash', '-c', command], env: {} },
  };
}

/**
 * The call that runs a shell command, for the tool that the request offers: code mode's `exec` takes
 * JavaScript that calls nested tools, the others take the command itself.
 */
export function shellCall(request: ModelRequest, command: string): CallItem {
  const offered = new Set(request.toolNames);
  if (offered.has('exec_command')) return functionCall('exec_command', { cmd: command });
  if (offered.has('exec')) {
    const call = `await tools.exec_command({ cmd: ${JSON.stringify(command)} })`;
    return customCall('exec', `const result = ${call};\ntext(result);\n`);
  }
  const plain = ['shell_command', 'shell'].find((name) => offered.has(name));
  if (plain !== undefined) return functionCall(plain, { command });
  if (offered.has('local_shell')) return localShellCall(command);
  throw new Error(`no shell tool among: ${request.toolNames.join(', ')}`);
}

/** A call of a named tool; in code mode, tools that are not offered directly are nested in `exec`. */
export function toolCall(request: ModelRequest, name: string, input: unknown): CallItem {
  if (request.toolNames.includes(name) || !request.toolNames.includes('exec'))
    return functionCall(name, input);
  return customCall('exec', `text(await tools.${name}(${JSON.stringify(input)}));\n`);
}
