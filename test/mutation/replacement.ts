/** A change of one source file: the text that is replaced occurs exactly once. */
export interface Replacement {
  /** Below src/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}
