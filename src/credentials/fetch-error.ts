/** What went wrong in one line: `fetch` hides the reason in the causes of its error. */
export function describeFetchError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return `${error.message}: ${causeText(cause)}`;
  return error.message;
}

function causeText(cause: Error): string {
  if (cause instanceof AggregateError && cause.message === '') {
    return cause.errors.map((error) => describeFetchError(error)).join('; ');
  }
  return cause.message;
}
