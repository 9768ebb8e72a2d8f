import { once } from 'node:events';
import { Agent, type AgentOptions, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CLAUDE_ASK, GatewayWorld } from '../test/gateway/gateway-world.ts';
import { say } from '../test/loopback/models/model-script.ts';
import { type Distribution, describeDistribution, roundHundredths } from './distribution.ts';

export interface GatewayFigures {
  /** One request to a scripted model, from its first byte to the last one of the answer. */
  readonly direct: Distribution;
  /** The same through the door of a group, with all that the host checks and counts. */
  readonly proxied: Distribution;
  /** Milliseconds that the way through the host adds, p50. */
  readonly added: number;
  readonly ratio: number;
  readonly requests: number;
}

const WARM_UP_ROUNDS = 20;
const ROUNDS = 300;
/** A conversation of some fifty thousand tokens. */
const TURNS = 100;
const TURN_CHARS = 2_000;
const ANSWER = 'Here is what I found. '.repeat(20);

/** Both ways in turn over kept connections, from one thread with the model: what differs is the host's part. */
export async function measureGateway(signal: AbortSignal): Promise<GatewayFigures> {
  await using world = await GatewayWorld.start();
  world.models.script = [{ steps: [say(ANSWER)] }];
  const admission = await world.admit('anthropic');
  const body = conversation();
  using direct = keptAgent({});
  using proxied = keptAgent({ connect: () => world.connect(admission) });
  const times = { direct: [] as number[], proxied: [] as number[] };
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    signal.throwIfAborted();
    const directMs = await timeAsk(direct.agent, world.models.port, body);
    const proxiedMs = await timeAsk(proxied.agent, world.models.port, body);
    if (round < WARM_UP_ROUNDS) continue;
    times.direct.push(directMs);
    times.proxied.push(proxiedMs);
  }
  const figures = {
    direct: describeDistribution(times.direct),
    proxied: describeDistribution(times.proxied),
  };
  return {
    ...figures,
    added: roundHundredths(figures.proxied.p50 - figures.direct.p50),
    ratio: roundHundredths(figures.proxied.p50 / figures.direct.p50),
    requests: ROUNDS,
  };
}

function conversation(): string {
  const messages = Array.from({ length: TURNS }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text: 'word '.repeat(TURN_CHARS / 5) }],
  }));
  return JSON.stringify({ ...CLAUDE_ASK, messages: [...messages, ...CLAUDE_ASK.messages] });
}

function keptAgent({ connect }: { connect?: () => Duplex }): { agent: Agent } & Disposable {
  const options: AgentOptions = { keepAlive: true, maxSockets: 1 };
  const agent = new Agent(options);
  if (connect) agent.createConnection = connect;
  return { agent, [Symbol.dispose]: () => agent.destroy() };
}

async function timeAsk(agent: Agent, port: number, body: string): Promise<number> {
  const startedAt = performance.now();
  const asking = request({
    agent,
    port,
    method: 'POST',
    path: '/v1/messages?beta=true',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  });
  asking.end(body);
  const [response] = await once(asking, 'response');
  const answer = await text(response);
  if (!answer.includes('message_stop')) throw new Error(`the model did not answer: ${answer}`);
  return performance.now() - startedAt;
}
