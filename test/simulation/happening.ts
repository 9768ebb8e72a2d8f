/** Something that can happen next. The name says it all: the same name in the same state does the same. */
export interface Happening {
  readonly name: string;
  readonly weight: number;
  /** Whether it is no fault, so that it goes on happening when the faults have ended. */
  readonly isOrdinary: boolean;
  readonly happen: () => void;
}

export function ordinary(name: string, weight: number, happen: () => void): Happening {
  return { name, weight, isOrdinary: true, happen };
}

export function fault(name: string, weight: number, happen: () => void): Happening {
  return { name, weight, isOrdinary: false, happen };
}
