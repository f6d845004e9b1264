// What the numbers say, in words: the three boxes, the paragraph, the text of a picture.
import { h } from './dom';
import type { Table } from './figure';
import type { Tables } from './model';
import { decimal, figure as digits, number, ofHundred, percent, quantile, type Row } from './numbers';
import { people } from './pictures';
import { rowOf, type Band, type Results } from './results';
import { word } from './words';

export function timeWords(weeks: number): string {
  const years = Math.round(weeks / 52);
  return weeks % 52 === 0 || Math.abs(weeks - 104) <= 10
    ? years === 1 ? word('year') : word('years', { n: number(years) })
    : word('weeks_long', { n: number(weeks) });
}

interface Headlines {
  going: Row;
  reach: Row;
  effect: Row; // ratio minus 1
  naive: Row;
}

export function headlines(results: Results, arm: number, clinic: number): Headlines {
  const ratio = rowOf(results, arm, clinic, 'ed_rate_ratio', false);
  const effect = { ...ratio, mean: ratio.mean - 1, low: ratio.low - 1, high: ratio.high - 1 };
  return {
    going: rowOf(results, arm, clinic, 'active_at_horizon', true),
    reach: rowOf(results, arm, clinic, 'reach', false),
    effect,
    naive: rowOf(results, arm, clinic, 'ed_change_naive', false),
  };
}

export type Explain = (outcome: string) => HTMLElement;

function box(title: string, value: Node | string, more: string[], source: HTMLElement): HTMLElement {
  return h('div', { class: 'box' }, h('h3', {}, title), h('div', { class: 'value' }, value),
    ...more.map((text) => h('p', {}, text)), source);
}

/** A share as so many of ten; at the ends, none and all would say too much. */
export function aboutOfTen(share: number): string {
  const n = Math.round(10 * share);
  if (n === 0 && share > 0) return word('box_going_few');
  if (n === 10 && share < 1) return word('box_going_most');
  return word('box_going_value', { n: number(n) });
}

/** The first box in a sentence. */
export const goingWords = (results: Results, arm: number, clinic: number): string =>
  `${word('box_going', { time: timeWords(results.weeks) })}: ${aboutOfTen(rowOf(results, arm, clinic, 'active_at_horizon', true).mean)}`;

export function boxes(results: Results, arm: number, clinic: number, explain: Explain): HTMLElement {
  const { going, reach, effect, naive } = headlines(results, arm, clinic);
  const about = aboutOfTen(going.mean);
  const anyway = naive.mean < 0 && effect.mean <= 0 && 2 * Math.abs(effect.mean) < Math.abs(naive.mean);
  const visits = effect.n === 0
    ? box(word('box_visits'), word('box_visits_none'), [word('box_visits_why')], explain('ed_rate_ratio'))
    : box(word('box_visits'), percent(effect.mean, true),
        [word('box_visits_more', { n: number(effect.n), runs: number(effect.runs), low: percent(effect.low, true), high: percent(effect.high, true) }),
          `${word('box_visits_naive', { naive: percent(naive.mean, true) })}${anyway ? ` ${word('box_visits_anyway')}` : ''}`], explain('ed_rate_ratio'));
  return h('div', { class: 'boxes' },
    box(word('box_going', { time: timeWords(results.weeks) }), h('div', {}, people(going.mean, about), h('p', { class: 'big' }, about)),
      [word('box_going_more', { k: number(Math.round(going.mean * going.n)), n: number(going.n), low: ofHundred(going.low), high: ofHundred(going.high) })],
      explain('active_at_horizon')),
    box(word('box_reach'), ofHundred(reach.mean),
      [word('box_reach_more', { low: ofHundred(reach.low), high: ofHundred(reach.high) })], explain('reach')),
    visits);
}

const middle = (values: Float64Array): number =>
  quantile(Float64Array.from(values.filter((v) => !Number.isNaN(v))).sort(), 0.5);

/** At most 120 words (a test counts). */
export function summary(results: Results, arm: number, clinic: number, tables: Tables): string {
  const { going, reach, effect, naive } = headlines(results, arm, clinic);
  const stopped = rowOf(results, arm, clinic, 'discontinued', true);
  const lapsed = rowOf(results, arm, clinic, 'lapsed', true);
  const assumed = evidenceCounts(tables);
  const parts = [word('summary_going', { n: ofHundred(going.mean), time: timeWords(results.weeks) })];
  if (stopped.mean >= 0.005)
    parts.push(word('summary_stopped', { n: ofHundred(stopped.mean), week: number(middle(results.outcome(arm, clinic, 'discontinued_week'))) }));
  if (lapsed.mean >= 0.005) parts.push(word('summary_lapsed', { n: ofHundred(lapsed.mean) }));
  parts.push(word('summary_reach', { n: ofHundred(reach.mean), low: ofHundred(reach.low), high: ofHundred(reach.high) }));
  if (effect.n > 0)
    parts.push(word('summary_visits', { effect: percent(effect.mean, true), low: percent(effect.low, true), high: percent(effect.high, true), naive: percent(naive.mean, true) }));
  parts.push(word('summary_trust', { share: number((100 * assumed.assumed) / assumed.all) }));
  return parts.join(' ');
}

export function evidenceCounts(tables: Tables): Record<'measured' | 'published' | 'elicited' | 'assumed' | 'all', number> {
  const counts = { measured: 0, published: 0, elicited: 0, assumed: 0, all: tables.parameters.length };
  for (const parameter of tables.parameters) counts[parameter.evidence]++;
  return counts;
}

export function bandText(what: string, band: Band, share: boolean): string {
  const last = band.q50.length - 1;
  const half = Math.floor(last / 2);
  const at = (values: Float64Array, week: number): string =>
    share ? ofHundred(values[week] ?? NaN) : digits(values[week] ?? NaN);
  return word('figure_text', {
    what, first: at(band.q50, 0), middle: at(band.q50, half), last: at(band.q50, last),
    m25: at(band.q25, half), m75: at(band.q75, half), m05: at(band.q05, half), m95: at(band.q95, half),
    l25: at(band.q25, last), l75: at(band.q75, last), l05: at(band.q05, last), l95: at(band.q95, last),
  });
}

/** A band as a table: every 13 weeks, and the last. */
export function bandRows(name: string | null, band: Band, share: boolean): string[][] {
  const last = band.q50.length - 1;
  const weeks: number[] = [];
  for (let week = 0; week < last; week += 13) weeks.push(week);
  weeks.push(last);
  const say = (value: number | undefined): string => (share ? ofHundred(value ?? NaN) : digits(value ?? NaN));
  const span = (low: Float64Array, high: Float64Array, week: number): string =>
    word('from_to', { low: say(low[week]), high: say(high[week]) });
  return weeks.map((week) => [number(week), ...(name === null ? [] : [name]), say(band.q50[week]), span(band.q25, band.q75, week), span(band.q05, band.q95, week)]);
}

/** The same for a spreadsheet: every week, unrounded, each end in a column of its own. */
export function bandData(named: [string, Band][]): Table {
  const ends = (p: number): string[] => [word('csv_low', { p }), word('csv_high', { p })];
  const head = [word('week'), ...(named.length > 1 ? [word('which_arm')] : []), word('median'), ...ends(50), ...ends(90)];
  const plain = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '' : decimal(value));
  const rows = named.flatMap(([name, band]) => Array.from(band.q50, (middle, week) =>
    [String(week), ...(named.length > 1 ? [name] : []), plain(middle), ...[band.q25, band.q75, band.q05, band.q95].map((values) => plain(values[week]))]));
  return { head, rows };
}

export const bandHead = (named: boolean): string[] =>
  [word('week'), ...(named ? [word('which_arm')] : []), word('median'), word('half'), word('ninety')];
