import type { SoakSample } from '../sampler.ts';
import { readSeries } from '../series.ts';
import { type PanelContent, renderPanel } from './panel.ts';

const WIDTH = 860;
const LEFT = 64;
const RIGHT = 24;
const PANEL_HEIGHT = 150;
const GAP = 26;
const BOTTOM = 46;

/** Colours that keep apart on white and on black, and for people who do not tell red from green. */
const STYLE = `
    .ground { fill: #ffffff; }
    .grid { stroke: #e2e5e8; }
    .axis { stroke: #8a939c; }
    .line { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
    .line-0 { stroke: #0b63b0; }
    .line-1 { stroke: #b3541e; }
    .line-2 { stroke: #0b7a5b; }
    .line-3 { stroke: #7a4fb5; }
    text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #4a535c; }
    .title { font-size: 14px; font-weight: 600; fill: #1b2229; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0f1418; }
      .grid { stroke: #26303a; }
      .axis { stroke: #6c7883; }
      .line-0 { stroke: #6db5f2; }
      .line-1 { stroke: #f09a63; }
      .line-2 { stroke: #4fcfa4; }
      .line-3 { stroke: #c2a0f0; }
      text { fill: #a8b3bd; }
      .title { fill: #e8edf1; }
    }`;

/** The samples of a soak as an SVG: four panels over the same minutes, in light and dark. */
export function renderSoakChart(samples: readonly SoakSample[]): string {
  const panels = choosePanels(samples);
  const seconds = samples.at(-1)?.atS ?? 0;
  const height = panels.length * (PANEL_HEIGHT + GAP) + BOTTOM;
  const drawn = panels.map((content, index) =>
    renderPanel(content, {
      top: 20 + index * (PANEL_HEIGHT + GAP),
      left: LEFT,
      width: WIDTH - LEFT - RIGHT,
      height: PANEL_HEIGHT,
      seconds,
      hasTimeLabels: index === panels.length - 1,
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
  <title id="title">A host under steady traffic for ${Math.round(seconds / 60)} minutes</title>
  <desc id="desc">Memory, open files and handles, the size of the database and its WAL, and the delay of the event loop.</desc>
  <style>${STYLE}
  </style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
${drawn.join('\n')}
<text x="${WIDTH - RIGHT}" y="${height - 8}" text-anchor="end">minutes</text>
</svg>
`;
}

function choosePanels(samples: readonly SoakSample[]): PanelContent[] {
  const { rss, heap, collectedHeap, external, files, handles, timers, wal, database, loopDelay } =
    readSeries(samples);
  return [
    { title: 'Memory', unit: 'MiB', series: [rss, heap, collectedHeap, external] },
    { title: 'Held open', unit: '', series: [files, handles, timers] },
    { title: 'On disk', unit: 'MiB', series: [database, wal] },
    { title: 'Event loop late', unit: 'ms, p99 of each second', series: [loopDelay] },
  ];
}
