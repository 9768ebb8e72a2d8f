import {
  type CodexAuthMethod,
  PROTOCOL_VERSION,
  type ResponsesTransport,
  type RunRequest,
} from '@deckhand/protocol';
import type { UsableCredential } from '../core/credential.ts';
import { approvalPolicyOf, type RegisteredGroup } from '../core/group.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { ModelTraits } from '../core/models/traits.ts';
import type { Task } from '../core/task.ts';
import type { Prompt } from './build-prompt.ts';

const CHATGPT_URL = 'https://chatgpt.com/backend-api';
const OPENAI_URL = 'https://api.openai.com/v1';

/** Longest answer in characters: about eight full WhatsApp messages. */
const MAX_OUTPUT_CHARS = 32_000;

export interface RequestSettings {
  readonly assistantName: string;
  readonly timeZone: string;
  readonly containerTimeoutMs: number;
  readonly codexReasoningEffort?: string;
  readonly anthropicBaseUrl?: string;
  readonly openaiBaseUrl?: string;
  readonly chatgptBaseUrl?: string;
  readonly responsesTransport: ResponsesTransport;
}

export interface RequestParts {
  readonly attemptId: string;
  readonly group: RegisteredGroup;
  readonly route: ModelRoute;
  readonly traits: ModelTraits;
  readonly credential: UsableCredential;
  readonly prompt: Prompt;
  readonly globalMemory: string;
  readonly sessionId: string | undefined;
  /** The scheduled task that the prompt is, if it is one. */
  readonly task?: Pick<Task, 'script'> | undefined;
}

type ProviderPart = Pick<RunRequest, 'provider' | 'model' | 'claude' | 'codex' | 'responses'>;

/** Puts together what the agent runner is asked. */
export function buildRequest(settings: RequestSettings, parts: RequestParts): RunRequest {
  const { group, credential, prompt, task } = parts;
  return {
    ...providerPart(settings, parts),
    type: 'run',
    v: PROTOCOL_VERSION,
    runId: parts.attemptId,
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
  };
}

/** What depends on who answers: `route.agent` may be another program than the group's own, as a fallback. */
function providerPart(settings: RequestSettings, parts: RequestParts): ProviderPart {
  const { group, route, sessionId } = parts;
  const agent = { provider: route.agent, model: route.ref.model };
  switch (route.agent) {
    case 'claude':
      return { ...agent, claude: { sessionId, baseUrl: settings.anthropicBaseUrl } };
    case 'codex': {
      const auth = authOf(parts);
      return {
        ...agent,
        codex: {
          approvalPolicy: approvalPolicyOf(group),
          auth,
          reasoningEffort: effortOf(settings, parts),
          baseUrl:
            auth === 'chatgpt' ? chatgptUrl(settings.chatgptBaseUrl) : settings.openaiBaseUrl,
        },
      };
    }
    case 'responses': {
      const auth = authOf(parts);
      const chatgpt = chatgptUrl(settings.chatgptBaseUrl ?? CHATGPT_URL);
      return {
        ...agent,
        responses: {
          approvalPolicy: approvalPolicyOf(group),
          auth,
          baseUrl: (auth === 'chatgpt' ? chatgpt : settings.openaiBaseUrl) ?? OPENAI_URL,
          reasoningEffort: effortOf(settings, parts),
          isLite: parts.traits.isLite,
          transport: settings.responsesTransport,
        },
      };
    }
    default:
      return route.agent satisfies never;
  }
}

function authOf({ credential }: RequestParts): CodexAuthMethod {
  return credential.codexAuth ?? 'api_key';
}

/** The backend serves the Responses API below this path. */
function chatgptUrl(base: string | undefined): string | undefined {
  return base === undefined ? undefined : `${base.replace(/\/+$/, '')}/codex`;
}

/** The CLI forwards even nonsense, so that the host decides what the model supports. */
function effortOf(settings: RequestSettings, { traits }: RequestParts): string | undefined {
  const wanted = settings.codexReasoningEffort;
  return wanted === undefined ? undefined : traits.clampEffort(wanted);
}
