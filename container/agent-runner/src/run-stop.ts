/** Why a run was told to end before its result; the reason of the run's AbortSignal. */
export class RunStop extends Error {
  readonly class: 'timeout' | 'cancelled';

  constructor(failureClass: 'timeout' | 'cancelled', message: string) {
    super(message);
    this.name = 'RunStop';
    this.class = failureClass;
  }
}
