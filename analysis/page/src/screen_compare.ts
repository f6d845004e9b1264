// Screen 2, what if: two sides that share their luck, and their difference with its own band.
import type { App } from './app';
import { button, h, newId, replace } from './dom';
import { figure, tableElement, type FigureContent } from './figure';
import type { Lever } from './levers';
import { label, unitWords } from './model';
import { figure as digits, number, ofHundred, pairs, withSign } from './numbers';
import { fan, type Flag } from './pictures';
import { shareGap, type Results } from './results';
import { clinicPicker, isShare, seriesName, seriesPicker, shownBand, whichOf, type LiveScreen } from './screen_clinic';
import { bandData, bandHead, bandRows, bandText } from './story';
import { lastWeek, timeline, weekWords } from './timeline';
import { capital, pick, word } from './words';

const shown = ['active_at_horizon', 'full_implementation', 'start_up_week', 'reach', 'fidelity', 'ed_rate_ratio', 'care_integration_change_26w', 'strain', 'programme_cost'];

function leverRow(app: App, lever: Lever, syncs: (() => void)[], moved: () => void): HTMLElement {
  const { state } = app.lab;
  const id = newId('lever');
  const name = pick(lever.words);
  const on = h('input', { type: 'checkbox', id, checked: lever.id in state.levers });
  const week = h('input', { type: 'range', min: 0, max: lastWeek(app), step: 1, value: state.levers[lever.id] ?? lever.week ?? 0,
    'aria-label': word('compare_week_of', { what: name }) });
  const said = h('span', { class: 'step', 'aria-hidden': 'true' });
  const dated = lever.week !== null;
  const show = (): void => {
    const words = dated ? weekWords(app, Number(week.value)) : word('compare_trigger');
    replace(said, words);
    week.setAttribute('aria-valuetext', words);
    row.classList.toggle('changed', on.checked);
    week.disabled = !on.checked;
  };
  const note = (): void => {
    if (on.checked) state.levers[lever.id] = dated ? Number(week.value) : null;
    else delete state.levers[lever.id];
    moved();
  };
  syncs.push(() => {
    on.checked = lever.id in state.levers;
    week.value = String(state.levers[lever.id] ?? week.value);
    show();
  });
  on.addEventListener('change', note);
  week.addEventListener('input', note);
  const row = h('div', { class: 'factor lever' },
    h('div', { class: 'row' }, h('label', { class: 'check', for: id }, on, ` ${name}`), said),
    dated && h('div', { class: 'track' }, week),
    pick(lever.how) !== '' && h('p', { class: 'note' }, pick(lever.how)),
    h('div', { class: 'row tools' },
      h('span', { class: 'note' }, lever.text === null ? word('compare_own') : word('compare_assumed')), app.sources.lever(name, lever.text ?? '')));
  show();
  return row;
}

function flagsOf(app: App): Flag[] {
  const flags: Flag[] = [];
  if (app.lab.isReport) return flags;
  for (const lever of app.lab.chosen()) {
    const week = app.lab.state.levers[lever.id];
    if (typeof week === 'number') flags.push({ week, text: pick(lever.words) });
  }
  return flags;
}

interface Sides {
  a: number;
  b: number;
  nameA: string;
  nameB: string;
}

function sidesOf(app: App): Sides | null {
  const { lab } = app;
  const scenario = lab.scenario!;
  if (!lab.isReport)
    return lab.results && lab.results.arms.length === 2 ? { a: 0, b: 1, nameA: word('compare_a'), nameB: word('compare_b') } : null;
  if (scenario.arms.length < 2) return null;
  const a = scenario.reference;
  const b = lab.state.arm >= 0 && lab.state.arm !== a ? lab.state.arm : scenario.arms.findIndex((_, i) => i !== a);
  return { a, b, nameA: label(scenario.arms[a]!), nameB: label(scenario.arms[b]!) };
}

function bothContent(app: App, results: Results, sides: Sides): FigureContent | null {
  const { series, clinic } = app.lab.state;
  const a = shownBand(results.band(sides.a, clinic, series), series, results.runs);
  const b = shownBand(results.band(sides.b, clinic, series), series, results.runs);
  if (!a || !b) return null;
  const share = isShare(series);
  const what = seriesName(app, series);
  const text = `${bandText(`${what}. ${sides.nameA}`, a, share)} ${bandText(sides.nameB, b, share)}`;
  return {
    draw: (width) => fan({
      curves: [{ band: a, name: sides.nameA, color: 'var(--grey)', dash: '6,4' }, { band: b, name: sides.nameB, color: 'var(--blue)' }],
      flags: flagsOf(app), yLabel: what, description: text, share, width }),
    table: { head: bandHead(true), rows: [...bandRows(sides.nameA, a, share), ...bandRows(sides.nameB, b, share)] },
    data: bandData([[sides.nameA, a], [sides.nameB, b]]),
    text,
  };
}

function gapContent(app: App, results: Results, sides: Sides): FigureContent | null {
  const { series, clinic } = app.lab.state;
  const band = results.gap(sides.a, sides.b, clinic, series);
  if (!band) return null;
  const what = `${seriesName(app, series)}, ${word('compare_gap').toLowerCase()}`;
  const share = isShare(series);
  const shownGap = share ? shareGap(band, results.runs) : band;
  const text = `${bandText(what, shownGap, share)} ${word('compare_gap_note', { b: sides.nameB })}`;
  return {
    draw: (width) => fan({ curves: [{ band: shownGap, name: '', color: 'var(--orange)' }], flags: flagsOf(app), yLabel: word('compare_gap'), description: text, share, zero: true, width }),
    table: { head: bandHead(false), rows: bandRows(null, shownGap, share) },
    data: bandData([['', shownGap]]),
    text,
  };
}

function outcomeRows(app: App, results: Results, sides: Sides): string[][] {
  const { clinic } = app.lab.state;
  return shown.map((id) => {
    const outcome = app.lab.tables.outcomes.find((o) => o.id === id);
    const yes = outcome?.type === 'yesno';
    const a = results.outcome(sides.a, clinic, id);
    const b = results.outcome(sides.b, clinic, id);
    const pair = pairs(a, b, yes);
    const say = (value: number): string => (yes ? ofHundred(value) : digits(value));
    const better = outcome?.better === -1 ? pair.lower : pair.higher;
    const worse = pair.higher + pair.lower - better;
    const gap = pair.n === 0 ? '–' : `${withSign(yes ? 100 * pair.difference.mean : pair.difference.mean)} (${word('from_to', {
      low: withSign(yes ? 100 * pair.difference.low : pair.difference.low), high: withSign(yes ? 100 * pair.difference.high : pair.difference.high) })})`;
    const counts = pair.n === 0 ? '–' : outcome?.better === 0 ? number(pair.n) : `${number(better)} · ${number(pair.n - better - worse)} · ${number(worse)}`;
    const unit = yes ? ` (${word('figure_share').split(',').at(-1)?.trim() ?? ''})` : outcome && outcome.unit !== '1' ? ` (${unitWords(outcome.unit)})` : '';
    return [outcome ? `${capital(label(outcome))}${unit}` : id, say(pair.a), say(pair.b), gap, counts];
  });
}

function resultTable(app: App, results: Results, sides: Sides): HTMLElement {
  return tableElement({
    head: [word('compare_outcome'), sides.nameA, sides.nameB, word('compare_difference'), word('compare_counts')],
    rows: outcomeRows(app, results, sides),
  }, word('compare_result'));
}

function sentence(app: App, results: Results, sides: Sides): string {
  const { clinic } = app.lab.state;
  const a = results.outcome(sides.a, clinic, 'active_at_horizon');
  const b = results.outcome(sides.b, clinic, 'active_at_horizon');
  const pair = pairs(a, b, true);
  const names = app.lab.isReport ? [] : app.lab.chosen().map((lever) => word('quoted', { text: pick(lever.words) }));
  const what = names.length === 0 ? word('quoted', { text: sides.nameB }) : names.length <= 2 ? names.join(' + ') : word('these_strategies');
  const { mean, low, high } = pair.difference;
  return word('compare_sentence', { b: what, ka: ofHundred(pair.a), kb: ofHundred(pair.b), n: number(pair.n),
    gap: withSign(100 * mean), low: withSign(100 * low), high: withSign(100 * high),
    better: number(pair.higher), worse: number(pair.lower), same: number(pair.n - pair.higher - pair.lower) });
}

function differs(app: App): HTMLElement {
  const { lab } = app;
  let lines: string[];
  if (lab.isReport) {
    const sides = sidesOf(app);
    const on = (arm: number): number[] => lab.scenario!.arms[arm]?.on ?? [];
    lines = sides ? lab.scenario!.strategies.filter((_, i) => on(sides.a).includes(i) !== on(sides.b).includes(i)).map((s) =>
      s.at >= 0 ? word('compare_differs_week', { what: label(s), n: s.at }) : word('compare_differs_trigger', { what: label(s) })) : [];
  } else {
    lines = lab.chosen().map((lever) => {
      const week = lab.state.levers[lever.id];
      return typeof week === 'number' ? word('compare_differs_week', { what: pick(lever.words), n: week }) : word('compare_differs_trigger', { what: pick(lever.words) });
    });
  }
  return lines.length === 0 ? h('p', {}, word('compare_nothing')) : h('ul', {}, ...lines.map((line) => h('li', {}, line)));
}

function leverSide(app: App, syncs: (() => void)[], moved: () => void): HTMLElement {
  const { lab } = app;
  if (!lab.isReport)
    return h('section', { class: 'side', 'aria-labelledby': 'levers' }, h('h2', { id: 'levers' }, word('compare_levers')), ...lab.offered.map((lever) => leverRow(app, lever, syncs, moved)));
  const scenario = lab.scenario!;
  const others = scenario.arms.map((arm, i) => ({ arm, i })).filter(({ i }) => i !== scenario.reference);
  const sides = sidesOf(app);
  return h('section', { class: 'side', 'aria-labelledby': 'levers' }, h('h2', { id: 'levers' }, word('which_arm')),
    h('div', { class: 'choices' }, ...others.map(({ arm, i }) =>
      button(label(arm), () => { lab.state.arm = i; app.render(); }, { 'aria-pressed': String(sides?.b === i), class: 'choice' }))));
}

export function screenCompare(app: App): LiveScreen {
  const { lab } = app;
  const scenario = lab.scenario!;
  const both = figure(word('compare_both'), `${scenario.id}-both`, [seriesPicker(app, () => show())]);
  const gap = figure(word('compare_gap'), `${scenario.id}-difference`);
  const strip = h('div', { class: 'strip', role: 'note' });
  const said = h('p', { class: 'big-sentence' });
  const table = h('div');
  const progress = h('p', { class: 'progress', role: 'status' });
  const syncs: (() => void)[] = [];
  const moved = (): void => {
    syncs.forEach((sync) => sync());
    app.changed();
  };
  const when = lab.isReport ? null : timeline(app, moved);
  if (when) syncs.push(when.sync);
  const pictures = h('div', {}, both.element);
  const after = h('div', {}, gap.element);
  const show = (): void => {
    const sides = sidesOf(app);
    replace(progress, ...app.progressWords());
    replace(strip, h('h3', {}, word('compare_differs')), differs(app));
    pictures.hidden = after.hidden = sides === null || lab.results === null;
    if (!sides || !lab.results) {
      replace(said, lab.isReport ? word('compare_one_arm') : lab.chosen().length === 0 ? word('compare_none') : '');
      replace(table);
      return;
    }
    const first = bothContent(app, lab.results, sides);
    const second = gapContent(app, lab.results, sides);
    if (first) both.show(first);
    if (second) gap.show(second);
    replace(said, sentence(app, lab.results, sides));
    if (!lab.busy) progress.append(h('span', { class: 'unseen' }, ` ${said.textContent ?? ''}`)); // the answer, said once
    replace(table, resultTable(app, lab.results, sides), h('p', { class: 'note' }, word('compare_table_note')), h('div', { class: 'row tools' }, ...['active_at_horizon', 'ed_rate_ratio', 'programme_cost'].map((id) => {
      const outcome = lab.tables.outcomes.find((o) => o.id === id);
      return h('span', {}, `${outcome ? capital(label(outcome)) : id} `, app.sources.outcome(id));
    })));
  };
  const element = h('div', { class: 'screen' },
    h('h1', { tabindex: -1 }, `${word('screen_compare')} ${label(scenario)}`), h('p', { class: 'lead' }, lab.isReport ? '' : word('compare_lead')),
    whichOf(app, sidesOf(app)?.b ?? null),
    h('div', { class: 'row pickers' }, clinicPicker(app)),
    h('div', { class: 'two' }, leverSide(app, syncs, moved),
      h('section', { class: 'main', 'aria-labelledby': 'result' }, h('h2', { id: 'result' }, word('compare_result')), progress, said, strip, pictures, when?.element, after, table)));
  show();
  return { element, show };
}
