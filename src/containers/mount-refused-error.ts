/** Thrown while a plan is made, for a mount that is not given; the message is for people. */
export class MountRefusedError extends Error {
  override readonly name = 'MountRefusedError';
}
