import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { decodeLine } from '@deckhand/protocol';
import type { ModelRef } from '../core/models/model-ref.ts';
import type { AskedModel } from './asked-model.ts';
import { checkBody } from './body-rules.ts';
import type { RequestHold } from './held-bytes.ts';
import { hasTooManyValues } from './json-values.ts';
import { findModelPath, type ModelPath } from './model-path.ts';
import { readBody } from './read-body.ts';
import type { Refusal } from './refusal.ts';

/** A request as it may go on to the model's server. */
export interface CheckedRequest {
  readonly ok: true;
  readonly path: ModelPath;
  /** Absent where none is asked. */
  readonly asked?: AskedModel;
  /** Written anew from what was checked, so that the server cannot read it in another way. */
  readonly body?: Buffer;
}

export type RequestCheck =
  | CheckedRequest
  | { readonly ok: false; readonly refusal: Refusal }
  /** The client went away before its request was whole. */
  | { readonly ok: false; readonly refusal: undefined };

export interface RequestRules {
  readonly ref: ModelRef;
  /** As the group's policy is now: it may change while a body comes. */
  readonly mayReachOut: () => boolean;
  /** Resolves when a request with a body of this length may go on; nothing else can be done while that is judged. */
  readonly waitForTurn: (bytes: number) => Promise<void>;
}

/** Reads a request of a container and judges it. */
export async function checkRequest(
  request: IncomingMessage,
  rules: RequestRules,
  hold: Pick<RequestHold, 'take'>,
): Promise<RequestCheck> {
  const { method = '', url = '', headers } = request;
  if (headers.upgrade !== undefined) return refuse(426, 'The model is asked without an upgrade.');
  const path = findModelPath(rules.ref.provider, method, url);
  if (path === undefined) return refuse(404, 'An agent may ask its model and nothing else here.');
  if (path.kind === 'list') {
    await rules.waitForTurn(0);
    return { ok: true, path };
  }
  if (headers['content-encoding'] !== undefined) {
    return refuse(415, 'The body of a request must not be compressed.');
  }
  const read = await readBody(request, hold);
  if (read.status === 'broken') return { ok: false, refusal: undefined };
  if (read.status === 'too_large') return refuse(413, 'The request is larger than 32 MiB.');
  await rules.waitForTurn(read.bytes.length);
  return checkJson(path, read.bytes, rules);
}

function checkJson(path: ModelPath, bytes: Buffer, rules: RequestRules): RequestCheck {
  if (hasTooManyValues(bytes)) return refuse(413, 'The request has too many parts.');
  const decoded = isUtf8(bytes) ? decodeLine(bytes.toString('utf8')) : undefined;
  if (!decoded?.ok) return refuse(400, 'The body of a request must be JSON.');
  const mayReachOut = rules.mayReachOut();
  const checked = checkBody(decoded.value, { ref: rules.ref, mayReachOut });
  if (!checked.ok) return refuse(400, checked.message);
  return { ok: true, path, asked: checked.asked, body: Buffer.from(JSON.stringify(decoded.value)) };
}

function refuse(status: Refusal['status'], message: string): RequestCheck {
  return { ok: false, refusal: { status, message } };
}
