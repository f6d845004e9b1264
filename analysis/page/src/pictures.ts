// The pictures. Colours are variables of the page's style (light and dark); shapes and dashes say the same as colours.
import * as Plot from '@observablehq/plot';
import { svg } from './dom';
import { number, ofHundred } from './numbers';
import type { Band } from './results';
import { word } from './words';

/** Where the weeks of a fan begin and end, in pixels from its sides. */
export const axisMargins = { left: 52, right: 16 };

export interface Flag {
  week: number;
  text: string;
}

export interface Curve {
  band: Band;
  name: string;
  color: string; // CSS colour
  dash?: string;
}

interface FanOptions {
  curves: Curve[];
  flags: Flag[];
  yLabel: string;
  description: string;
  share: boolean;
  zero?: boolean;
  width: number;
}

type Week = { week: number; low: number; high: number; mid: number };

function rowsOf(low: Float64Array, high: Float64Array, mid: Float64Array): Week[] {
  return Array.from(low, (value, week) => ({ week, low: value, high: high[week] ?? NaN, mid: mid[week] ?? NaN }));
}

/** The name stands above its curve's end, or below that of a higher one. */
function marksOf(curve: Curve, below: boolean): Plot.Markish[] {
  const { band, color, name } = curve;
  const outer = rowsOf(band.q05, band.q95, band.q50);
  const inner = rowsOf(band.q25, band.q75, band.q50);
  const last = outer.filter((row) => !Number.isNaN(row.mid)).slice(-1);
  const line = { x: 'week', y: 'mid', stroke: color, strokeWidth: 2.5, ariaHidden: 'true' } as const;
  return [
    Plot.areaY(outer, { x: 'week', y1: 'low', y2: 'high', fill: color, fillOpacity: 0.16, ariaHidden: 'true' }),
    Plot.areaY(inner, { x: 'week', y1: 'low', y2: 'high', fill: color, fillOpacity: 0.28, ariaHidden: 'true' }),
    Plot.lineY(outer, curve.dash === undefined ? line : { ...line, strokeDasharray: curve.dash }),
    Plot.text(last, {
      x: 'week', y: 'mid', text: () => name, textAnchor: 'end', dy: below ? 14 : -10, fill: color, fontWeight: 'bold',
      stroke: 'var(--paper)', strokeWidth: 4, paintOrder: 'stroke',
    } as Plot.TextOptions),
  ];
}

/** Median with the bands of 50 and 90 % of runs, one or two curves, and the dates of what is done about it. */
export function fan(options: FanOptions): SVGElement {
  const { curves, flags, yLabel, share, width } = options;
  const marks: Plot.Markish[] = [Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: options.zero ? 1 : 0.3 })];
  const ends = curves.map(({ band }) => band.q50.filter((value) => !Number.isNaN(value)).at(-1) ?? 0);
  const below = (ends[0] ?? 0) < (ends[1] ?? 0) ? 0 : 1;
  curves.forEach((curve, i) => marks.push(...marksOf(curve, curves.length > 1 && i === below)));
  if (flags.length > 0) {
    marks.push(Plot.ruleX(flags, { x: 'week', stroke: 'currentColor', strokeDasharray: '2,3' }));
    const weeks = curves[0]?.band.q50.length ?? 1;
    const room = (width - axisMargins.left - axisMargins.right) / 2 / 7.2; // letters on half the width
    flags.forEach((flag, i) => marks.push(Plot.text([flag], {
      x: 'week', text: () => `⚑ ${flag.text.length > room ? `${flag.text.slice(0, room - 3)}…` : flag.text}`, frameAnchor: 'top', dy: 2 + 16 * i,
      dx: flag.week > weeks / 2 ? -4 : 4, textAnchor: flag.week > weeks / 2 ? 'end' : 'start', fill: 'currentColor',
      stroke: 'var(--paper)', strokeWidth: 4, paintOrder: 'stroke',
    } as Plot.TextOptions)));
  }
  const title = `↑ ${yLabel}`;
  const lines = Math.ceil((title.length * 7.2) / (width - 8));
  marks.push(Plot.text([title], {
    frameAnchor: 'top-left', dx: 4 - axisMargins.left, dy: -(12 + 17 * lines), lineAnchor: 'top', textAnchor: 'start', lineWidth: (width - 8) / 13, text: (text: string) => text,
  }));
  const chart = Plot.plot({
    width, height: Math.round(Math.max(220, Math.min(360, width * 0.5))) + 17 * (lines - 1), marginLeft: axisMargins.left, marginTop: 16 + 17 * lines, marginRight: axisMargins.right, marginBottom: 40,
    style: { background: 'transparent', color: 'inherit', fontSize: '13px', fontFamily: 'inherit' },
    x: { label: `${word('weeks')} →`, tickFormat: (value: number) => number(value), ticks: Math.min(9, Math.floor(width / 70)) },
    y: {
      label: null, grid: true, ticks: 5, ...(share && !options.zero ? { domain: [0, 1] } : { nice: true }),
      tickFormat: (value: number) => (share ? ofHundred(value) : number(value, Math.abs(value) < 1 && value !== 0 ? 1 : 0)),
    },
    ariaLabel: yLabel, ariaDescription: options.description, marks,
  }) as unknown as SVGElement;
  return named(chart, yLabel, options.description);
}

/** A picture as assistive technology meets it: one image with a name and what it shows. */
function named(chart: SVGElement, name: string, description: string): SVGElement {
  chart.setAttribute('role', 'img');
  chart.setAttribute('aria-label', `${name}. ${description}`);
  chart.removeAttribute('aria-description');
  for (const inner of chart.querySelectorAll('[aria-label], [aria-hidden], [aria-description]')) {
    inner.removeAttribute('aria-label');
    inner.removeAttribute('aria-description');
    inner.removeAttribute('aria-hidden');
  }
  return chart;
}

/** A share over the weeks, as small as a word. */
export function spark(band: Band, text: string): SVGElement {
  const [width, height] = [220, 36];
  const weeks = band.mean.length;
  const x = (week: number): string => ((week / Math.max(1, weeks - 1)) * width).toFixed(1);
  const y = (share: number): string => (height - 2 - share * (height - 4)).toFixed(1);
  const along = Array.from({ length: weeks }, (_, week) => week);
  const line = along.map((week) => `${x(week)},${y(band.q50[week] ?? 0)}`).join(' ');
  const area = [...along.map((week) => `${x(week)},${y(band.q95[week] ?? 0)}`), ...along.reverse().map((week) => `${x(week)},${y(band.q05[week] ?? 0)}`)].join(' ');
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': text, class: 'spark' },
    svg('line', { x1: 0, x2: width, y1: height - 2, y2: height - 2, class: 'ground' }), svg('line', { x1: 0, x2: width, y1: 2, y2: 2, class: 'ground all' }),
    svg('polygon', { points: area, class: 'area' }), svg('polyline', { points: line, class: 'middle' }));
}

/** So many of ten, as people: filled ones first. */
export function people(share: number, text: string): SVGElement {
  const filled = Math.round(10 * share);
  const chart = svg('svg', { viewBox: '0 0 300 56', role: 'img', 'aria-label': text, class: 'people' });
  for (let i = 0; i < 10; i++) {
    const group = svg('g', { transform: `translate(${i * 30 + 15} 0)`, class: i < filled ? 'on' : 'off' });
    group.append(svg('circle', { cx: 0, cy: 11, r: 7.5 }), svg('path', { d: 'M-11 50 v-16 a11 11 0 0 1 22 0 v16 z' }));
    chart.append(group);
  }
  return chart;
}

export interface Cell {
  column: string;
  row: string;
  value: number;
  said: boolean;
}

const scale = ['var(--m2)', 'var(--m1)', 'var(--z0)', 'var(--p1)', 'var(--p2)'];

/** Clinics x factors, −2 to +2, the number printed; hatched where nobody said anything. */
export function heatmap(cells: Cell[], columns: string[], rows: string[], width: number, name: string, description: string,
  press: (column: string) => void): SVGElement {
  const narrow = width < 560;
  const marginLeft = narrow ? 150 : 330;
  const marginRight = narrow ? 56 : columns.length > 2 ? 80 : 4;
  const slanted = narrow || (width - marginLeft - marginRight) / columns.length < 125; // a name of 18 letters
  const chart = Plot.plot({
    width, height: rows.length * 21 + (slanted ? 110 : 60), marginLeft, marginTop: slanted ? 90 : 40, marginBottom: 6, marginRight,
    style: { background: 'transparent', color: 'inherit', fontSize: '12px', fontFamily: 'inherit' },
    x: { domain: columns, axis: 'top', label: null, tickRotate: slanted ? -40 : 0, tickSize: 0,
      tickFormat: (text: string) => (text.length > (narrow ? 12 : 18) ? `${text.slice(0, narrow ? 11 : 17)}…` : text) },
    y: { domain: rows, label: null, tickSize: 0,
      tickFormat: (text: string) => (text.length > (narrow ? 17 : 46) ? `${text.slice(0, narrow ? 16 : 45)}…` : text) },
    marks: [
      Plot.cell(cells, {
        x: 'column', y: 'row', inset: 1,
        fill: (cell: Cell) => (cell.said ? scale[Math.max(0, Math.min(4, Math.round(cell.value) + 2))] : 'url(#hatch)'),
      } as Plot.CellOptions),
      Plot.text(cells.filter((cell) => cell.said), {
        x: 'column', y: 'row', text: (cell: Cell) => (cell.value > 0 ? '+' : '') + number(Math.round(cell.value)), fill: 'var(--cell-ink)',
      }),
    ],
  }) as unknown as SVGElement;
  const hatch = svg('pattern', { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    svg('rect', { width: 6, height: 6, fill: 'var(--paper)' }), svg('rect', { width: 1.4, height: 6, fill: 'var(--line)' }));
  chart.prepend(svg('defs', {}, hatch));
  chart.querySelectorAll<SVGElement>('g[aria-label="cell"] rect').forEach((rect, i) => {
    rect.classList.add('press');
    rect.addEventListener('click', () => press(cells[i]?.column ?? ''));
  });
  return named(chart, name, description);
}

export interface Interval {
  name: string;
  mid: number;
  low: number;
  high: number;
}

/** A dot and its interval for each, one above the other. */
export function intervals(rows: Interval[], label: string, share: boolean, width: number, description: string): SVGElement {
  const format = (value: number): string => (share ? ofHundred(value) : number(value, 0));
  const chart = Plot.plot({
    width, height: rows.length * 34 + 60, marginLeft: width < 560 ? 160 : 260, marginRight: 30, marginTop: 10, marginBottom: 40,
    style: { background: 'transparent', color: 'inherit', fontSize: '13px', fontFamily: 'inherit' },
    x: { label: width < 560 ? null : label, grid: true, ticks: 5, ...(share ? { domain: [0, 1] } : {}), tickFormat: format },
    y: { domain: rows.map((row) => row.name), label: null, tickSize: 0,
      tickFormat: (text: string) => (text.length > (width < 560 ? 21 : 36) ? `${text.slice(0, width < 560 ? 20 : 35)}…` : text) },
    marks: [
      Plot.ruleY(rows, { y: 'name', x1: 'low', x2: 'high', stroke: 'var(--blue)', strokeWidth: 4, strokeOpacity: 0.5 }),
      Plot.dot(rows, { y: 'name', x: 'mid', r: 6, fill: 'var(--blue)' }),
      Plot.text(rows, { y: 'name', x: 'mid', dy: -12, text: (row: Interval) => format(row.mid), fill: 'currentColor' }),
    ],
  }) as unknown as SVGElement;
  return named(chart, label, description);
}
