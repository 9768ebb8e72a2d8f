import { connect } from 'node:net';
import { hostname } from 'node:os';

/**
 * The program of a container: hands on between the host and the agent, which the loop plays. It ends when the agent
 * does, and the agent when it ends.
 */
const agent = connect('/workspace/ipc/r');
agent.on('error', () => process.kill(process.pid, 'SIGKILL'));
agent.on('close', () => process.kill(process.pid, 'SIGKILL'));
agent.write(`${hostname()}\n`);
process.stdin.pipe(agent);
agent.pipe(process.stdout);
