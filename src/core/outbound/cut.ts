import { codePointEnd, graphemeEnds } from './graphemes.ts';

/** A stretch of the text, and whether a code block is open where it begins and where it ends. */
export interface Piece {
  text: string;
  startsInCode: boolean;
  endsInCode: boolean;
}

/** Characters kept free in a piece for the fences that close and open a code block around a cut. */
const FENCE_ROOM = 8;

interface Span {
  start: number;
  end: number;
}

/** A place where the text may be cut, and how many fences lie before it. */
interface Place {
  end: number;
  fences: number;
}

const FENCE = /`{3,}/g;
const SENTENCE_END = /[.!?…。！？]["'”’)\]]*$/;

/**
 * Cuts a text into pieces of at most `limit` UTF-16 units, those that touch a code block FENCE_ROOM shorter.
 * The pieces joined are the text. A cut lies behind a blank line, a line, a sentence or a word, whichever
 * is found first in that order in the second half, outside code if possible, and never inside a grapheme or
 * a fence; only a grapheme longer than the limit is cut, between code points. Linear in the text's length.
 */
export function cutText(text: string, limit: number): Piece[] {
  const fences = Array.from(text.matchAll(FENCE), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
  const pieces: Piece[] = [];
  let cut: Place = { end: 0, fences: 0 };
  while (cut.end < text.length) {
    const next = findCut(text, cut, limit, fences);
    pieces.push({
      text: text.slice(cut.end, next.end),
      startsInCode: isInCode(cut),
      endsInCode: isInCode(next),
    });
    cut = next;
  }
  return pieces;
}

function isInCode(place: Place): boolean {
  return place.fences % 2 === 1;
}

function findCut(text: string, from: Place, limit: number, fences: readonly Span[]): Place {
  const nextFence = fences[from.fences]?.start ?? text.length;
  const isPlain = !isInCode(from) && nextFence >= from.end + limit;
  const room = isPlain ? limit : limit - FENCE_ROOM;
  if (text.length - from.end <= room) return { end: text.length, fences: fences.length };
  const ends = graphemeEnds(text, from.end, room);
  const places = findPlaces(ends, from.fences, fences);
  const end = ends.at(-1) ?? codePointEnd(text, from.end, room);
  return choosePlace(text, places, from.end + room / 2) ?? forcePlace(end, from, fences);
}

function findPlaces(ends: readonly number[], passed: number, fences: readonly Span[]): Place[] {
  const places: Place[] = [];
  let index = passed;
  for (const end of ends) {
    while ((fences[index]?.end ?? Infinity) <= end) index += 1;
    if ((fences[index]?.start ?? Infinity) >= end) places.push({ end, fences: index });
  }
  return places;
}

function choosePlace(text: string, places: readonly Place[], half: number): Place | undefined {
  const before = (place: Place, back: number) => text[place.end - back];
  const isLineEnd = (place: Place) => before(place, 1) === '\n';
  const isBlankLine = (place: Place) => isLineEnd(place) && before(place, 2) === '\n';
  const isWordEnd = (place: Place) => isLineEnd(place) || before(place, 1) === ' ';
  const isSentenceEnd = (place: Place) =>
    isWordEnd(place) && SENTENCE_END.test(text.slice(Math.max(0, place.end - 6), place.end - 1));
  const late = places.filter((place) => place.end > half);
  return (
    late.findLast((place) => isBlankLine(place) && !isInCode(place)) ??
    late.findLast((place) => isLineEnd(place) && !isInCode(place)) ??
    late.findLast(isLineEnd) ??
    late.findLast(isSentenceEnd) ??
    places.findLast(isWordEnd) ??
    places.at(-1)
  );
}

/** When one grapheme or one fence fills all the room. */
function forcePlace(end: number, from: Place, fences: readonly Span[]): Place {
  const [place] = findPlaces([end], from.fences, fences);
  return place ?? { end, fences: from.fences };
}
