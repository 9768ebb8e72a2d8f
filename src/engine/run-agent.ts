import { MODEL_PORT, type RunRequest, type Secrets } from '@deckhand/protocol';
import type {
  Admission,
  AgentRunner,
  Gateway,
  GatewayEntry,
  RunHandlers,
  RunOutcome,
} from '../ports.ts';

export interface RunAgentDeps {
  readonly runner: Pick<AgentRunner, 'run'>;
  readonly gateway: Pick<Gateway, 'serves' | 'admit'>;
}

/** Tells a program which kind of credential the host adds; it opens nothing. */
const PLACEHOLDER = 'added-by-the-host';

/** Runs one attempt: through the group's door where it has one, so that no credential is in the request. */
export async function runAgent(
  { runner, gateway }: RunAgentDeps,
  entry: GatewayEntry,
  request: RunRequest,
  handlers: RunHandlers,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const { group } = entry;
  if (!gateway.serves(group)) return await runner.run(request, group, handlers, signal);
  const admitted = await admit(gateway, entry);
  if ('status' in admitted) return admitted;
  using admission = admitted;
  const inside = throughGateway(request, admission);
  return admission.settle(await runner.run(inside, group, handlers, signal));
}

async function admit(
  gateway: Pick<Gateway, 'admit'>,
  entry: GatewayEntry,
): Promise<Admission | Extract<RunOutcome, { status: 'failed' }>> {
  try {
    return await gateway.admit(entry);
  } catch (error) {
    return {
      status: 'failed',
      class: 'internal',
      detail: `the door of the group cannot be opened: ${String(error)}`,
      hasSideEffects: false,
    };
  }
}

/** The request as a container may see it. */
function throughGateway(request: RunRequest, { access }: Admission): RunRequest {
  const { claude, codex, responses } = request;
  return {
    ...request,
    gateway: access,
    secrets: placeholdersFor(request.secrets),
    ...(claude && { claude: { ...claude, baseUrl: undefined } }),
    ...(codex && { codex: { ...codex, baseUrl: undefined } }),
    ...(responses && {
      responses: {
        ...responses,
        baseUrl: `http://127.0.0.1:${MODEL_PORT}`,
        transport: 'sse' as const,
      },
    }),
  };
}

function placeholdersFor(secrets: Secrets): Secrets {
  return Object.fromEntries(Object.keys(secrets).map((name) => [name, PLACEHOLDER]));
}
