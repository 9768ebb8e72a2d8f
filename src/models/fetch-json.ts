/** A list of models comes at once or not at all. */
const DEADLINE_MS = 10_000;

export type FetchedJson =
  | { readonly ok: true; readonly value: unknown }
  /** `reason` completes "…: ". */
  | { readonly ok: false; readonly reason: string };

/** One GET, without following redirects: the headers hold a credential. Rejects only when the signal aborts. */
export async function fetchJson(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<FetchedJson> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json', ...headers },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return { ok: false, reason: `it answered ${response.status}` };
    }
    return { ok: true, value: await response.json() };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    return { ok: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: Error): string {
  if (error instanceof SyntaxError) return 'it answered with something else than JSON';
  if (error.name === 'TimeoutError') return `it did not answer within ${DEADLINE_MS / 1000} s`;
  return 'it cannot be reached';
}
