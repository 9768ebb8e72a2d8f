import type { Secrets } from '@deckhand/protocol';

/** Shapes of credentials that are not in the request: OAuth access tokens (JWT) and API keys. */
const CREDENTIAL_SHAPES = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\bsk-[\w-]{8,}/g;

/** Makes the function that takes the run's secrets and whatever looks like one out of a text. */
export function createRedactor(secrets: Secrets): (text: string) => string {
  const values = Object.values(secrets).filter((value) => value.length >= 4);
  return (text) => {
    const known = values.reduce((rest, value) => rest.replaceAll(value, '[secret]'), text);
    return known.replaceAll(CREDENTIAL_SHAPES, '[secret]');
  };
}
