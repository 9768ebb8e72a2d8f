import type { Secrets } from '@deckhand/protocol';

/** Shapes of credentials that are not in the request: OAuth access tokens (JWT) and API keys. */
const CREDENTIAL_SHAPES = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\bsk-[\w-]{8,}/g;
/** A shorter value may be part of a word. */
const MIN_SECRET_CHARS = 4;
/** An answer is for people: what is shorter is no real credential, and may be what they talk about. */
export const MIN_SECRET_CHARS_IN_ANSWER = 16;

function removeValues(text: string, secrets: Secrets, minChars: number): string {
  const values = Object.values(secrets).filter((value) => value.length >= minChars);
  return values.reduce((rest, value) => rest.replaceAll(value, '[secret]'), text);
}

/** Makes the function that takes the run's secrets and whatever looks like one out of a text for the log. */
export function createRedactor(secrets: Secrets): (text: string) => string {
  return (text) =>
    removeValues(text, secrets, MIN_SECRET_CHARS).replaceAll(CREDENTIAL_SHAPES, '[secret]');
}

/**
 * Takes the run's own secrets out of what is sent to the chat, where a member may have asked for them. It stops a
 * careless agent, not one that encodes them. Examples of keys and tokens stay.
 */
export function hideSecrets(text: string, secrets: Secrets): string {
  return removeValues(text, secrets, MIN_SECRET_CHARS_IN_ANSWER);
}
