/** Version of the agent runner, told to the host in `ready`. */
export const RUNNER_VERSION = '0.1.0';
