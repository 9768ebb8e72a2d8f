import { z } from 'zod';
import { readCodexModels } from './codex-models.ts';
import { fetchJson } from './fetch-json.ts';
import type { SourceOutcome } from './source.ts';

/** As which version of the CLI the backend is asked: it lists what that version can use. */
export const CLIENT_VERSION = '0.169.0';

export interface ChatgptSource {
  /** Ends in `/backend-api`. */
  readonly baseUrl: string;
  readonly accessToken: string;
  readonly accountId: string;
}

/** What the ChatGPT backend serves to an account. Rejects only when the signal aborts. */
export async function listChatgptModels(
  { baseUrl, accessToken, accountId }: ChatgptSource,
  signal: AbortSignal,
): Promise<SourceOutcome> {
  const url = `${baseUrl}/codex/models?client_version=${CLIENT_VERSION}`;
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'chatgpt-account-id': accountId,
    originator: 'deckhand',
  };
  const fetched = await fetchJson(url, headers, signal);
  if (!fetched.ok) return failed('ChatGPT', fetched.reason);
  const read = readCodexModels(fetched.value);
  if (!read.ok) return failed('ChatGPT', read.reason);
  const models = read.models.map(({ live }) => live);
  return { ok: true, lists: [{ provider: 'openai-codex', isComplete: true, models }] };
}

export interface ApiSource {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  readonly key: string;
}

const apiModelsSchema = z.object({ data: z.array(z.object({ id: z.string().min(1) })) });

/** The list holds everything a key is served, from speech to pictures: these kinds answer in text. */
const TEXT_MODEL =
  /^(gpt-\d|o\d|codex|chatgpt)(?!.*(audio|realtime|image|tts|transcribe|instruct))/;

/** What the API serves to a key. Rejects only when the signal aborts. */
export async function listApiModels(
  { baseUrl, key }: ApiSource,
  signal: AbortSignal,
): Promise<SourceOutcome> {
  const fetched = await fetchJson(`${baseUrl}/models`, { authorization: `Bearer ${key}` }, signal);
  if (!fetched.ok) return failed('The API of OpenAI', fetched.reason);
  const parsed = apiModelsSchema.safeParse(fetched.value);
  if (!parsed.success) return failed('The API of OpenAI', 'the answer is not a list of models');
  const ids = parsed.data.data.map(({ id }) => id).filter((id) => TEXT_MODEL.test(id));
  const models = ids.map((model) => ({ model }));
  return { ok: true, lists: [{ provider: 'openai', isComplete: true, models }] };
}

function failed(who: string, reason: string): SourceOutcome {
  return { ok: false, note: `${who} could not be asked for its models: ${reason}.` };
}
