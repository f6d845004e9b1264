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
import { plain } from './state';
import { bandData, goingWords, bandHead, bandRows, bandText, boxes, summary } from './story';
import { capital, word, type Key } from './words';

type Plain = (typeof plain)[number];

function plainWords(control: Plain, value: number): string {
  const n = control.factor * value;
  return word(`plain_${control.id}_option` as Key, { n: number(n, Number.isInteger(Math.round(n * 100) / 100) ? 0 : 1) });
}

function plainRow(app: App, clinic: Clinic, control: Plain): HTMLElement {
  const path = `meso[${clinic.id}].${control.section}.${control.id}`;
  const { state } = app.lab;
  const id = newId('plain');
  const ask = word(`plain_${control.id}` as Key);
  const select = h('select', { id }, h('option', { value: '' }, word('plain_as_is')), ...control.values.map((value) =>
    h('option', { value: String(Number(value.toFixed(6))) },
      plainWords(control, value))));
  select.value = state.sets[path] ?? '';
  select.addEventListener('change', () => {
    if (select.value === '') delete state.sets[path];
    else state.sets[path] = select.value;
    app.changed();
  });
  return h('div', { class: 'factor' }, h('label', { for: id }, ask), select,
    h('div', { class: 'row tools' }, app.sources.parameter(control.id, () => select.selectedOptions[0]?.textContent ?? '')));
}

function situation(app: App, clinic: Clinic): HTMLElement[] {
  const { factors } = app.lab.tables;
  return groups.map(({ category, words }, place) => {
    const rows: HTMLElement[] = [];
    factors.forEach((factor, index) => {
      if (factor.category !== category) return;
      rows.push(app.lab.isReport ? fixedRow(app, clinic, index) : scale(app, clinic, factor, index));
    });
    if (!app.lab.isReport) rows.push(...plain.filter((p) => p.category === category).map((p) => plainRow(app, clinic, p)));
    const details = h('details', { class: 'group', open: app.openGroups.has(category) || (app.openGroups.size === 0 && place === 2) },
      h('summary', {}, word(words), h('span', { class: 'count', 'data-group': category })), ...rows);
    details.addEventListener('toggle', () => app.noteGroup(category, details.open));
    return details;
  });
}

interface Change {
  category: string;
  text: string;
}

/** What is not as the case has it, in words. */
function changesOf(app: App): Change[] {
  const { state, tables, scenario } = app.lab;
  const many = (scenario?.clinics.length ?? 1) > 1;
  const of = (id: string, what: string): string => (many ? `${what} (${label(scenario!.clinics.find((c) => c.id === id)!)})` : what);
  const rates = Object.entries(state.rates).flatMap(([key, rating]) => {
    const [clinic = '', id = ''] = key.split('/');
    const factor = tables.factors.find((f) => f.id === id);
    return factor ? [{ category: factor.category, text: word('changed_line', { what: of(clinic, askOf(factor)), now: rating === null ? word('dont_know') : stepWords(id, rating) }) }] : [];
  });
  const sets = Object.entries(state.sets).flatMap(([path, value]) => {
    const control = plain.find((one) => path.endsWith(`.${one.id}`));
    const clinic = /\[(.+)\]/.exec(path)?.[1] ?? '';
    return control ? [{ category: control.category as string, text: word('changed_line', { what: of(clinic, word(`plain_${control.id}` as Key)), now: plainWords(control, Number(value)) }) }] : [];
  });
  return [...rates, ...sets];
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

function picker(id: string, label: string, names: string[], at: number, choose: (at: number) => void): HTMLElement {
  const select = h('select', { id }, ...names.map((name, i) => h('option', { value: i, selected: i === at }, name)));
  select.addEventListener('change', () => choose(Number(select.value)));
  return h('div', { class: 'picker' }, h('label', { for: id }, label), select);
}

export function clinicPicker(app: App): HTMLElement | null {
  const { lab } = app;
  const clinics = lab.scenario?.clinics ?? [];
  const held = lab.isReport ? lab.results?.clinics.length ?? 0 : 200;
  if (clinics.length < 2) return null;
  return picker('pick-clinic', word('which_clinic'), clinics.slice(0, held).map(label), lab.state.clinic, (at) => {
    app.lab.state.clinic = at;
    app.render();
  });
}

export function seriesPicker(app: App, again: () => void): HTMLElement {
  const known = app.seriesThere();
  return picker('pick-series', word('show_series'), known.map((id) => seriesName(app, id)), Math.max(0, known.indexOf(app.lab.state.series)), (at) => {
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
    data: bandData([['', band]]),
    text,
  };
}

/** Of whom the numbers speak: what is chosen in lists does not print. */
export function whichOf(app: App, arm: number | null): HTMLElement | null {
  const scenario = app.lab.scenario!;
  const clinic = scenario.clinics[app.lab.state.clinic];
  const option = arm === null ? undefined : scenario.arms[arm];
  const all = scenario.clinics.length;
  const held = app.lab.isReport ? app.lab.results?.clinics.length ?? all : all;
  if (!clinic || (all < 2 && (!option || scenario.arms.length < 2))) return null;
  const words = option && scenario.arms.length > 1 ? word('of_which_arm', { clinic: label(clinic), arm: label(option) }) : word('of_which', { clinic: label(clinic) });
  return h('p', { class: 'which' }, words, held < all && h('span', { class: 'note' }, ` ${word('report_holds', { n: number(held), all: number(all) })}`));
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
    ? picker('pick-arm', word('which_arm'), scenario.arms.map(label), arm(), (at) => { lab.state.arm = at; app.render(); }) : null;
  const mine = h('div', { class: 'strip', role: 'note' });
  const show = (): void => {
    const { results } = lab;
    const changes = changesOf(app);
    mine.hidden = changes.length === 0;
    replace(mine, h('h3', {}, word('changed_title')), h('ul', {}, ...changes.map(({ text }) => h('li', {}, text))));
    for (const count of element.querySelectorAll<HTMLElement>('.count')) {
      const n = changes.filter(({ category }) => category === count.dataset.group).length;
      count.textContent = n > 0 ? word('group_changed', { n }) : '';
    }
    replace(progress, ...app.progressWords());
    picture.element.hidden = results === null;
    if (!results) {
      replace(answer);
      replace(short);
      return;
    }
    const now = content(app, arm(), lab.state.clinic);
    if (now) picture.show(now);
    picture.element.hidden = now === null;
    if (now === null) replace(progress, word('no_series'));
    else if (!lab.busy) progress.append(h('span', { class: 'unseen' }, ` ${goingWords(results, arm(), lab.state.clinic)}`)); // the answer, said once
    replace(answer, boxes(results, arm(), lab.state.clinic, (id) => app.sources.outcome(id)));
    replace(short, h('h3', {}, word('in_short')), h('p', {}, summary(results, arm(), lab.state.clinic, lab.tables)));
  };
  const picture = figure(word('week_by_week'), `${scenario.id}-${clinic.id}`, [seriesPicker(app, () => show())]);
  const element = h('div', { class: 'screen' },
    h('h1', { tabindex: -1 }, lab.isReport ? word('report_of', { title: label(scenario) }) : label(scenario)),
    lab.isReport && h('p', { class: 'lead' }, word('report_made', { runs: number(lab.results?.runs ?? 0), seed: scenario.seed, id: scenario.id })),
    whichOf(app, lab.isReport ? arm() : null),
    h('div', { class: 'row pickers' }, clinicPicker(app), armPick),
    h('div', { class: 'two' },
      h('section', { class: 'side', 'aria-labelledby': 'situation' }, h('h2', { id: 'situation' }, word('situation')),
        h('p', {}, word(lab.isReport ? 'situation_report' : 'situation_lead')), ...situation(app, clinic)),
      h('section', { class: 'main', 'aria-labelledby': 'answer' }, h('h2', { id: 'answer' }, word('answer')), progress, mine, answer, picture.element, short)));
  show();
  return { element, show };
}
