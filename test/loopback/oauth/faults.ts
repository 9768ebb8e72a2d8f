import type { ServerResponse } from 'node:http';
import { refreshError } from './oauth-error.ts';
import { sendHtml, sendJson } from './send.ts';

export type FaultyEndpoint = 'exchange' | 'refresh' | 'revoke' | 'usercode' | 'device';

/**
 * What goes wrong instead of an answer. Only with `lost` has the endpoint done its work before: the token is
 * used up and nobody learns the new one.
 */
export type Fault =
  | { readonly status: number; readonly body?: unknown }
  /** 401 with this code, in the form of the real server. */
  | { readonly code: string }
  /** 200 with a page, as from a captive portal. */
  | 'html'
  /** 200 with nothing. */
  | 'empty'
  /** No answer until the client goes away. */
  | 'hang'
  /** The connection breaks. */
  | 'reset'
  | 'lost';

/** Faults to come, per endpoint, each used once. */
export class FaultQueue {
  readonly #faults = new Map<FaultyEndpoint, Fault[]>();

  add(endpoint: FaultyEndpoint, fault: Fault): void {
    const queue = this.#faults.get(endpoint) ?? [];
    queue.push(fault);
    this.#faults.set(endpoint, queue);
  }

  take(endpoint: FaultyEndpoint): Fault | undefined {
    return this.#faults.get(endpoint)?.shift();
  }
}

export function sendFault(response: ServerResponse, fault: Fault): void {
  if (typeof fault === 'object') return sendFaultyStatus(response, fault);
  switch (fault) {
    case 'html':
      return sendHtml(response, 200, '<title>Sign in to the network</title>');
    case 'empty':
      return void response.writeHead(200).end();
    case 'hang':
      return;
    case 'reset':
    case 'lost':
      return void response.destroy();
    default:
      return fault satisfies never;
  }
}

function sendFaultyStatus(response: ServerResponse, fault: Extract<Fault, object>): void {
  if ('code' in fault) {
    const { status, body } = refreshError(fault.code);
    return sendJson(response, status, body);
  }
  if (typeof fault.body === 'object') return sendJson(response, fault.status, fault.body);
  response.writeHead(fault.status).end(fault.body);
}
