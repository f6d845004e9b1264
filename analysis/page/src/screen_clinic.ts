// Screen 1, your clinic: the situation on one side, what becomes of the programme on the other.
import type { App } from './app';
import { groups } from './controls';
import { h, newId, replace } from './dom';
import { figure, type FigureContent } from './figure';
import { label, type Clinic } from './model';
import { number } from './numbers';
import { fan } from './pictures';
import { shareBand, type Band } from './results';
import { scale, stepWords, askOf } from './scale';
import { bandHead, bandRows, bandText, boxes, summary } from './story';
import { capital, word, type Key } from './words';

/** Plain numbers beside the scales: a few sensible values each, in words. */
const plain = [
  { id: 'case_manager_hours', section: 'organizational', category: 'organizational', factor: 1, values: [1, 2, 3.5, 7, 14, 28] },
  { id: 'nurse_turnover_rate', section: 'organizational', category: 'organizational', factor: 10, values: [0.05, 0.1, 0.2, 0.3, 0.4] },
  { id: 'protected_share', section: 'organizational', category: 'organizational', factor: 35, values: [1, 2, 4, 7, 14].map((hours) => hours / 35) },
];

function plainRow(app: App, clinic: Clinic, control: (typeof plain)[number]): HTMLElement {
  const path = `meso[${clinic.id}].${control.section}.${control.id}`;
  const { state } = app.lab;
  const id = newId('plain');
  const ask = word(`plain_${control.id}` as Key);
  const select = h('select', { id }, h('option', { value: '' }, word('plain_as_is')), ...control.values.map((value) =>
    h('option', { value: String(Number(value.toFixed(6))) },
      word(`plain_${control.id}_option` as Key, { n: number(control.factor * value, Number.isInteger(Math.round(control.factor * value * 100) / 100) ? 0 : 1) }))));
  select.value = state.sets[path] ?? '';
  select.addEventListener('change', () => {
    if (select.value === '') delete state.sets[path];
    else state.sets[path] = select.value;
    app.changed();
  });
  return h('div', { class: 'factor' }, h('label', { for: id }, ask), select,
    h('div', { class: 'row tools' }, app.sources.parameter(control.id, select.selectedOptions[0]?.textContent ?? '')));
}

function situation(app: App, clinic: Clinic): HTMLElement[] {
  const { factors } = app.lab.tables;
  return groups.map(({ category, words }, place) => {
    const rows: HTMLElement[] = [];
    let changed = 0;
    factors.forEach((factor, index) => {
      if (factor.category !== category) return;
      if (`${clinic.id}/${factor.id}` in app.lab.state.rates) changed++;
      rows.push(app.lab.isReport ? fixedRow(app, clinic, index) : scale(app, clinic, factor, index));
    });
    if (!app.lab.isReport) rows.push(...plain.filter((p) => p.category === category).map((p) => plainRow(app, clinic, p)));
    const details = h('details', { class: 'group', open: app.openGroups.has(category) || (app.openGroups.size === 0 && place === 2) },
      h('summary', {}, word(words), changed > 0 && h('span', { class: 'count' }, word('group_changed', { n: changed }))), ...rows);
    details.addEventListener('toggle', () => app.noteGroup(category, details.open));
    return details;
  });
}

/** A report's factor: what the scenario says, nothing to move. */
function fixedRow(app: App, clinic: Clinic, index: number): HTMLElement {
  const factor = app.lab.tables.factors[index];
  const [said, middle] = clinic.ratings[index] ?? ['not', 0];
  const words = said === 'not' ? word('said_not_short') : stepWords(factor?.id ?? '', middle);
  if (!factor) return h('div');
  return h('div', { class: 'factor fixed' }, h('div', { class: 'row' }, h('span', {}, askOf(factor)), h('strong', {}, words)),
    app.sources.factor(factor, index, words));
}

export const isShare = (series: string): boolean => series === 'active';

export function seriesName(app: App, series: string): string {
  if (isShare(series)) return word('figure_share');
  const found = app.lab.tables.series.find((one) => one.id === series);
  return found ? capital(label(found)) : series;
}

export function shownBand(band: Band | null, series: string, runs: number): Band | null {
  return band && isShare(series) ? shareBand(band, runs) : band;
}

function picker(label: string, names: string[], at: number, choose: (at: number) => void): HTMLElement {
  const id = newId('pick');
  const select = h('select', { id }, ...names.map((name, i) => h('option', { value: i, selected: i === at }, name)));
  select.addEventListener('change', () => choose(Number(select.value)));
  return h('div', { class: 'picker' }, h('label', { for: id }, label), select);
}

export function clinicPicker(app: App): HTMLElement | null {
  const clinics = app.lab.scenario?.clinics ?? [];
  if (clinics.length < 2) return null;
  return picker(word('which_clinic'), clinics.slice(0, 200).map(label), app.lab.state.clinic, (at) => {
    app.lab.state.clinic = at;
    app.render();
  });
}

export function seriesPicker(app: App, again: () => void): HTMLElement {
  const known = app.seriesThere();
  return picker(word('show_series'), known.map((id) => seriesName(app, id)), Math.max(0, known.indexOf(app.lab.state.series)), (at) => {
    app.lab.state.series = known[at] ?? 'active';
    app.keep();
    again();
  });
}

function content(app: App, arm: number, clinic: number): FigureContent | null {
  const { results, state } = app.lab;
  if (!results) return null;
  const band = shownBand(results.band(arm, clinic, state.series), state.series, results.runs);
  if (!band) return null;
  const what = seriesName(app, state.series);
  const share = isShare(state.series);
  const text = `${bandText(what, band, share)} ${word(share ? 'bands_note_share' : 'bands_note')}`;
  return {
    draw: (width) => fan({ curves: [{ band, name: '', color: 'var(--blue)' }], flags: [], yLabel: what, description: text, share, width }),
    table: { head: bandHead(false), rows: bandRows(null, band, share) },
    text,
  };
}

export interface LiveScreen {
  element: HTMLElement;
  show(): void; // what the results say now
}

export function screenClinic(app: App): LiveScreen {
  const { lab } = app;
  const scenario = lab.scenario!;
  const clinic = scenario.clinics[lab.state.clinic] ?? scenario.clinics[0]!;
  const arm = (): number => (lab.isReport ? (lab.state.arm >= 0 ? lab.state.arm : scenario.reference) : 0);
  const answer = h('div', { class: 'numbers' });
  const short = h('div', { class: 'short' });
  const progress = h('p', { class: 'progress', role: 'status' });
  const armPick = lab.isReport && scenario.arms.length > 1
    ? picker(word('which_arm'), scenario.arms.map(label), arm(), (at) => { lab.state.arm = at; app.render(); }) : null;
  const show = (): void => {
    const { results } = lab;
    replace(progress, ...app.progressWords());
    if (!results) return;
    const now = content(app, arm(), lab.state.clinic);
    if (now) picture.show(now);
    picture.element.hidden = now === null;
    if (now === null) replace(progress, word('no_series'));
    replace(answer, boxes(results, arm(), lab.state.clinic, (id) => app.sources.outcome(id)));
    replace(short, h('h3', {}, word('in_short')), h('p', {}, summary(results, arm(), lab.state.clinic, lab.tables)));
  };
  const picture = figure(word('week_by_week'), `${scenario.id}-${clinic.id}`, [seriesPicker(app, () => show())]);
  const element = h('div', { class: 'screen' },
    h('h1', { tabindex: -1 }, lab.isReport ? word('report_of', { title: label(scenario) }) : label(scenario)),
    lab.isReport && h('p', { class: 'lead' }, word('report_made', { runs: number(lab.results?.runs ?? 0), seed: scenario.seed, id: scenario.id })),
    h('div', { class: 'row pickers' }, clinicPicker(app), armPick),
    h('div', { class: 'two' },
      h('section', { class: 'side', 'aria-labelledby': 'situation' }, h('h2', { id: 'situation' }, word('situation')),
        h('p', {}, word(lab.isReport ? 'situation_report' : 'situation_lead')), ...situation(app, clinic)),
      h('section', { class: 'main', 'aria-labelledby': 'answer' }, h('h2', { id: 'answer' }, word('answer')), progress, answer, picture.element, short)));
  show();
  return { element, show };
}
