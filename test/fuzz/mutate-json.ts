import type { Random } from '../crash-loop/random.ts';
import { HOSTILE_TEXTS, HOSTILE_VALUES } from './hostile.ts';

/** A place in a parsed JSON text: what `holder[key]` is. */
interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/**
 * Changes one or two values, keys or texts in one line of JSON of a text, so that the rest of it stays what its reader
 * expects. Undefined when no line that is tried holds an object or a list.
 */
export function mutateJson(text: string, random: Random): string | undefined {
  const lines = text.split('\n');
  const at = random.integer(0, lines.length - 1);
  const value = parse(lines[at] ?? '');
  if (value === undefined) return undefined;
  const holder: Record<string, unknown> = { value };
  const raw: [mark: string, json: string][] = [];
  for (let left = random.integer(1, 2); left > 0; left -= 1) changeOne(holder, random, raw);
  // Some values, such as 1e400 or a key __proto__, are JSON that no value of ours is written as.
  const json = raw.reduce(
    (text, [mark, value]) => text.replace(`"${mark}"`, () => value),
    JSON.stringify(holder['value']),
  );
  return lines.with(at, json).join('\n');
}

function changeOne(holder: Record<string, unknown>, random: Random, raw: [string, string][]): void {
  const places = listPlaces(holder);
  const { holder: parent, key } = places[random.integer(0, places.length - 1)] ?? {
    holder,
    key: 'value',
  };
  const value = parent[key];
  const change = random.integer(0, 7);
  if (change === 0 && parent !== holder) delete parent[key];
  else if (change === 1) parent[pickText(random)] = value;
  else if (change <= 3 && typeof value === 'string') parent[key] = changeText(value, random);
  else if (change <= 3 && typeof value === 'boolean') parent[key] = !value;
  else if (change === 3) parent[key] = copyOf(places[random.integer(0, places.length - 1)]);
  else if (change === 4) parent[key] = [value, value];
  else {
    const mark = `mark-${raw.length}`;
    raw.push([mark, change === 5 ? nested(random) : pick(HOSTILE_VALUES, random)]);
    parent[key] = mark;
  }
}

/** What another place holds, so that two may be the same that must not be. */
function copyOf(place: Place | undefined): unknown {
  return structuredClone(place?.holder[place.key]);
}

function changeText(text: string, random: Random): string {
  const at = random.integer(0, text.length);
  const put = pickText(random);
  const times = random.chance(0.01) ? random.integer(100, 5_000) : 1;
  return text.slice(0, at) + put.repeat(times) + text.slice(random.chance(0.5) ? at : at + 4);
}

/** Lists or objects in each other, mostly a few and now and then more than a stack holds. */
function nested(random: Random): string {
  const depth = random.chance(0.01) ? random.integer(1_000, 12_000) : random.integer(1, 40);
  const [open, close] = random.chance(0.5) ? ['[', ']'] : ['{"a":', '}'];
  return `${open.repeat(depth)}0${close.repeat(depth)}`;
}

function listPlaces(holder: Record<string, unknown>): Place[] {
  return Object.entries(holder).flatMap(([key, value]) => {
    const inner =
      typeof value === 'object' && value !== null ? listPlaces(value as Place['holder']) : [];
    return [{ holder, key }, ...inner];
  });
}

function pick(texts: readonly string[], random: Random): string {
  return texts[random.integer(0, texts.length - 1)] ?? '';
}

function pickText(random: Random): string {
  return pick(HOSTILE_TEXTS, random).replace(/^\\u(d\w{3})$/, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function parse(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
