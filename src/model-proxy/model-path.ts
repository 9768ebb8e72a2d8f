import type { ModelProvider } from '../core/models/model-ref.ts';

/** What a request is, and where it goes below the server's address. */
export interface ModelPath {
  readonly kind: 'ask' | 'count' | 'list';
  /** Path and query, written here and not by the container. */
  readonly path: string;
}

const ANTHROPIC: ReadonlyMap<string, ModelPath> = new Map(
  ['', '?beta=true'].flatMap((query): [string, ModelPath][] => {
    const ask = `/v1/messages${query}`;
    const count = `/v1/messages/count_tokens${query}`;
    return [
      [`POST ${ask}`, { kind: 'ask', path: ask }],
      [`POST ${count}`, { kind: 'count', path: count }],
    ];
  }),
);

/** The CLI names its version where it asks for the list of models. */
const LIST = /^GET \/models(?:\?client_version=[\w.-]{1,40})?$/;

/**
 * The few requests that a container may make, by method and request target exactly as they are on the wire. Undefined for
 * everything else: other paths, another spelling of the same, and targets that name a server.
 */
export function findModelPath(
  provider: ModelProvider,
  method: string,
  target: string,
): ModelPath | undefined {
  const line = `${method} ${target}`;
  if (provider === 'anthropic') return ANTHROPIC.get(line);
  if (line === 'POST /responses') return { kind: 'ask', path: '/responses' };
  return LIST.test(line) ? { kind: 'list', path: target } : undefined;
}
