import { CliError } from './cli-error.ts';
import { EXIT } from './exit-code.ts';

/** A number of things to show. Throws CliError naming the option. */
export function readCount(option: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new CliError(EXIT.usage, `${option} is a whole number from 1 to 999999.`);
}
