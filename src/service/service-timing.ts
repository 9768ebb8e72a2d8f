/**
 * How long the manager waits after SIGTERM before it kills. The host lets go of its runs within seconds and has ten
 * for what a container does not give up; the rest is for a busy machine.
 */
export const STOP_TIMEOUT_S = 30;

/** How long a start waits for Docker, which a machine starts beside us and not before. */
export const DOCKER_PATIENCE_S = 300;

/**
 * Exit codes after which a restart would end the same way: unusable configuration, not linked, another host running
 * (`src/cli/exit-code.ts`). A person has to do something first.
 */
export const FINAL_EXIT_CODES = [2, 3, 4] as const;
