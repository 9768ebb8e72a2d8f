import type { Series } from '../series.ts';
import type { Point } from '../trend.ts';
import { createScale, type Scale } from './scale.ts';

/** Plots side by side must line up, so a panel takes its place from outside. */
export interface PanelPlace {
  /** Top of the panel, its title included. */
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
  /** Seconds shown. */
  readonly seconds: number;
  /** Only the lowest panel names the minutes. */
  readonly hasTimeLabels: boolean;
}

export interface PanelContent {
  readonly title: string;
  readonly unit: string;
  /** At most four: there are no more colours. */
  readonly series: readonly Series[];
}

const TITLE_HEIGHT = 34;
/** More points than this are more than the picture has pixels. */
const MAX_POINTS = 400;

export function renderPanel({ title, unit, series }: PanelContent, place: PanelPlace): string {
  const bottom = place.top + place.height;
  const values = series.flatMap(({ points }) => points.map(({ y }) => y));
  const y = createScale(Math.max(...values, 0), {
    origin: bottom,
    length: TITLE_HEIGHT - place.height,
    tickCount: 4,
  });
  const x = createScale(place.seconds / 60, {
    origin: place.left,
    length: place.width,
    tickCount: 8,
  });
  const lines = series.map((one, index) => renderLine(one, index, { x, y }));
  return [
    '<g class="panel">',
    `<text class="title" x="${place.left}" y="${place.top + 14}">${title}${unit === '' ? '' : `, ${unit}`}</text>`,
    ...renderLegend(series, place),
    ...y.ticks.map((tick) => renderRow(tick, y, place)),
    ...x.ticks.map((tick) => renderColumn(tick, x, place)),
    ...lines,
    '</g>',
  ].join('\n');
}

function renderRow(tick: number, y: Scale, { left, width }: PanelPlace): string {
  const at = round(y.place(tick));
  return (
    `<line class="grid" x1="${left}" x2="${left + width}" y1="${at}" y2="${at}"/>` +
    `<text class="tick" x="${left - 8}" y="${at + 4}" text-anchor="end">${tick}</text>`
  );
}

function renderColumn(tick: number, x: Scale, place: PanelPlace): string {
  const at = round(x.place(tick));
  const bottom = place.top + place.height;
  const mark = `<line class="axis" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 4}"/>`;
  if (!place.hasTimeLabels) return mark;
  return `${mark}<text class="tick" x="${at}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`;
}

/** From the right end of the title's line, so that names never meet the title. */
function renderLegend(series: readonly Series[], { top, left, width }: PanelPlace): string[] {
  const CHAR_WIDTH = 6.6;
  let right = left + width;
  return series
    .map((one, index) => ({ one, index }))
    .reverse()
    .map(({ one, index }) => {
      const textAt = right - one.name.length * CHAR_WIDTH;
      right = textAt - 40;
      return (
        `<line class="line line-${index}" x1="${round(textAt - 22)}" x2="${round(textAt - 6)}" y1="${top + 10}" y2="${top + 10}"/>` +
        `<text class="tick" x="${round(textAt)}" y="${top + 14}">${one.name}</text>`
      );
    });
}

function renderLine(
  { name, points }: Series,
  index: number,
  scales: { x: Scale; y: Scale },
): string {
  const path = thin(points)
    .map((point) => `${round(scales.x.place(point.x / 60))},${round(scales.y.place(point.y))}`)
    .join(' ');
  return `<polyline class="line line-${index}" points="${path}"><title>${name}</title></polyline>`;
}

/** The highest of each bunch of neighbours, so that no peak is lost. */
function thin(points: readonly Point[]): Point[] {
  const size = Math.ceil(points.length / MAX_POINTS);
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points
      .slice(index * size, (index + 1) * size)
      .reduce((highest, point) => (point.y > highest.y ? point : highest)),
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
