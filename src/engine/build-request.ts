import {
  type CodexAuthMethod,
  PROTOCOL_VERSION,
  type ResponsesTransport,
  type RunRequest,
} from '@deckhand/protocol';
import type { Credential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Task } from '../core/task.ts';
import type { Prompt } from './build-prompt.ts';

/** Longest answer in characters: about eight full WhatsApp messages. */
const MAX_OUTPUT_CHARS = 32_000;

export interface RequestSettings {
  readonly assistantName: string;
  readonly timeZone: string;
  readonly containerTimeoutMs: number;
  readonly claudeModel?: string;
  readonly codexModel?: string;
  readonly codexReasoningEffort?: string;
  readonly anthropicBaseUrl?: string;
  readonly openaiBaseUrl?: string;
  readonly chatgptBaseUrl?: string;
  readonly responsesTransport: ResponsesTransport;
}

export interface RequestParts {
  readonly attemptId: string;
  readonly group: RegisteredGroup;
  readonly credential: Extract<Credential, { ok: true }>;
  readonly prompt: Prompt;
  readonly globalMemory: string;
  readonly sessionId: string | undefined;
  /** The scheduled task that the prompt is, if it is one. */
  readonly task?: Pick<Task, 'script'> | undefined;
}

/** Puts together what the agent runner is asked. */
export function buildRequest(settings: RequestSettings, parts: RequestParts): RunRequest {
  const { group, credential, prompt, task } = parts;
  return {
    type: 'run',
    v: PROTOCOL_VERSION,
    runId: parts.attemptId,
    provider: group.provider,
    assistantName: settings.assistantName,
    group: { jid: group.jid, name: group.name, folder: group.folder, isMain: group.isMain },
    globalMemory: parts.globalMemory,
    history: prompt.history,
    prompt: prompt.prompt,
    ...(prompt.images === undefined || prompt.images.length === 0
      ? {}
      : { images: [...prompt.images] }),
    ...(task === undefined
      ? {}
      : { task: task.script === undefined ? {} : { script: task.script } }),
    timeZone: group.timeZone ?? settings.timeZone,
    timeoutMs: group.containerConfig?.timeout ?? settings.containerTimeoutMs,
    maxOutputChars: MAX_OUTPUT_CHARS,
    secrets: credential.secrets,
    ...providerPart(settings, parts),
  };
}

function providerPart(
  settings: RequestSettings,
  { group, credential, sessionId }: RequestParts,
): Partial<RunRequest> {
  switch (group.provider) {
    case 'claude':
      return {
        ...(settings.claudeModel === undefined ? {} : { model: settings.claudeModel }),
        claude: { sessionId, baseUrl: settings.anthropicBaseUrl },
      };
    case 'codex':
      return {
        ...(settings.codexModel === undefined ? {} : { model: settings.codexModel }),
        codex: {
          approvalPolicy: group.providerConfig?.codex?.approvalPolicy ?? 'auto',
          auth: credential.codexAuth ?? 'api_key',
          reasoningEffort: settings.codexReasoningEffort,
          baseUrl: settings.openaiBaseUrl,
        },
      };
    case 'responses':
      return {
        ...(settings.codexModel === undefined ? {} : { model: settings.codexModel }),
        responses: {
          approvalPolicy: group.providerConfig?.responses?.approvalPolicy ?? 'auto',
          auth: credential.codexAuth ?? 'api_key',
          baseUrl: responsesBaseUrl(settings, credential.codexAuth ?? 'api_key'),
          reasoningEffort: settings.codexReasoningEffort,
          isLite: false,
          transport: settings.responsesTransport,
        },
      };
    default:
      return group.provider satisfies never;
  }
}

function responsesBaseUrl(settings: RequestSettings, auth: CodexAuthMethod): string {
  if (auth === 'chatgpt')
    return `${settings.chatgptBaseUrl ?? 'https://chatgpt.com/backend-api'}/codex`;
  return settings.openaiBaseUrl ?? 'https://api.openai.com/v1';
}
