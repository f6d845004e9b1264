// Screen 6, several clinics: cases x factors from −2 to +2, with what comes of each.
import type { App } from './app';
import { button, h, replace } from './dom';
import { figure, tableElement } from './figure';
import { MOST_BESIDE } from './lab';
import { label, type Clinic } from './model';
import { figure as digits, number, ofHundred } from './numbers';
import { heatmap, intervals, type Cell } from './pictures';
import { rowOf, type Results } from './results';
import type { LiveScreen } from './screen_clinic';
import { capital, word } from './words';

interface Row {
  clinic: Clinic;
  results: Results;
  arm: number;
  index: number; // in its scenario
  go: () => void;
}

const outcomes = ['active_at_horizon', 'full_implementation', 'discontinued', 'reach', 'ed_rate_ratio'];

async function gather(app: App): Promise<Row[]> {
  const { lab } = app;
  const goTo = (name: string, index: number) => (): void => {
    const one = lab.cases.find((c) => c.name === name);
    if (one && name !== lab.open?.name) void app.openCase(one, 'clinic', index);
    else {
      lab.state.clinic = index;
      app.go('clinic');
    }
  };
  if (lab.isReport)
    return lab.scenario!.clinics.slice(0, MOST_BESIDE).map((clinic, index) => ({ clinic, results: lab.results!, index, arm: lab.scenario!.reference, go: goTo('', index) }));
  const rows: Row[] = [];
  const several = lab.scenario !== null && lab.scenario.clinics.length > 1 && lab.open !== null;
  const cases = several ? [lab.open!] : lab.cases.filter((one) => one.name !== 'baseline.cfg');
  for (const one of cases.slice(0, MOST_BESIDE)) {
    const found = await lab.glance(one);
    const { results } = found ?? { results: null };
    if (several && found && !results) throw new Error(word('clinics_many', { n: number(found.scenario.clinics.length), most: number(MOST_BESIDE) }));
    if (!found || !results || (!several && found.scenario.clinics.length > 1)) continue;
    found.scenario.clinics.forEach((clinic, index) => rows.push({ clinic, results, index, arm: 0, go: goTo(one.name, index) }));
  }
  return rows;
}

function columnNames(rows: Row[]): string[] {
  const names = rows.map((row) => label(row.clinic));
  return names.map((name, i) => (names.indexOf(name) === i ? name : `${name} (${row(i)})`));
  function row(i: number): string {
    return rows[i]?.clinic.id ?? String(i);
  }
}

export function screenClinics(app: App): LiveScreen {
  const { lab } = app;
  let rows: Row[] = [];
  let all = false;
  const map = figure(word('clinics_map'), 'clinics-factors');
  const going = figure(word('clinics_going'), 'clinics-outcomes');
  const table = h('div');
  const links = h('div', { class: 'choices' });
  const progress = h('p', { class: 'progress', role: 'status' }, word('loading'));
  const every = h('input', { type: 'checkbox', id: 'every-factor' });
  every.addEventListener('change', () => { all = every.checked; draw(); });
  const draw = (): void => {
    if (rows.length === 0) return;
    const names = columnNames(rows);
    const factors = lab.tables.factors.map((factor, index) => ({ factor, index }))
      .filter(({ index }) => all || rows.some((row) => row.clinic.ratings[index]?.[0] !== 'not'));
    const cells: Cell[] = factors.flatMap(({ factor, index }) => rows.map((row, i) => {
      const [said, middle] = row.clinic.ratings[index] ?? ['not', 0];
      return { column: names[i] ?? '', row: capital(label(factor)), value: middle, said: said !== 'not' };
    }));
    const rating = (row: Row, index: number): string => {
      const [said, middle] = row.clinic.ratings[index] ?? ['not', 0];
      return said === 'not' ? '·' : `${middle > 0 ? '+' : ''}${number(Math.round(middle))}`;
    };
    const sideOf = (row: Row, sign: number): string => factors
      .filter(({ index }) => row.clinic.ratings[index]?.[0] !== 'not' && Math.sign(Math.round(row.clinic.ratings[index]?.[1] ?? 0)) === sign)
      .map(({ factor }) => label(factor)).join(', ') || word('none_said');
    const text = rows.map((row, i) => word('clinics_map_text', { clinic: names[i] ?? '', low: sideOf(row, -1), high: sideOf(row, 1) })).join(' ');
    map.show({
      draw: (width) => heatmap(cells, names, factors.map(({ factor }) => capital(label(factor))), width, word('clinics_map'), text,
        (name) => rows[names.indexOf(name)]?.go()),
      table: { head: [word('factor'), ...names], rows: factors.map(({ factor, index }) => [capital(label(factor)), ...rows.map((row) => rating(row, index))]) },
      text: `${text} ${word('clinics_map_note')}`,
    });
    const shares = rows.map((row, i) => {
      const r = rowOf(row.results, row.arm, row.index, 'active_at_horizon', true);
      return { name: names[i] ?? '', mid: r.mean, low: r.low, high: r.high };
    });
    const said = shares.map((s) => `${s.name}: ${ofHundred(s.mid)} (${word('from_to', { low: ofHundred(s.low), high: ofHundred(s.high) })}).`).join(' ');
    going.show({
      draw: (width) => intervals(shares, word('clinics_going'), true, width, said),
      table: { head: [word('clinic'), word('clinics_going'), word('ninety')], rows: shares.map((s) => [s.name, ofHundred(s.mid), word('from_to', { low: ofHundred(s.low), high: ofHundred(s.high) })]) },
      text: said,
    });
    replace(table, tableElement({ head: [word('clinic'), ...outcomes.map(nameOf)], rows: rows.map((row, i) => [names[i] ?? '', ...outcomes.map((id) => outcomeWords(row, id))]) }, word('clinics_outcomes')),
      h('div', { class: 'row tools' }, ...outcomes.map((id) => h('span', {}, `${nameOf(id)} `, app.sources.outcome(id)))));
    replace(links, ...rows.map((row, i) => button(word('clinics_go', { clinic: names[i] ?? '' }), row.go, { class: 'choice' })));
  };
  const infoOf = (id: string) => lab.tables.outcomes.find((o) => o.id === id);
  const nameOf = (id: string): string => capital(infoOf(id) ? label(infoOf(id)!) : id);
  const outcomeWords = (row: Row, id: string): string => {
    const yes = infoOf(id)?.type === 'yesno';
    const r = rowOf(row.results, row.arm, row.index, id, yes);
    if (r.n === 0) return '–';
    const say = (value: number): string => (yes || id === 'reach' ? ofHundred(value) : digits(value));
    return `${say(r.mean)} (${word('from_to', { low: say(r.low), high: say(r.high) })})${yes ? '' : ''}`;
  };
  void gather(app).then((found) => {
    rows = found;
    const all = lab.isReport ? lab.scenario!.clinics.length : rows.length;
    replace(progress, rows.length === 0 ? word('clinics_none') : word('clinics_map_note'),
      all > rows.length && ` ${word('report_holds', { n: number(rows.length), all: number(all) })}`);
    body.hidden = rows.length === 0;
    draw();
  }).catch((error: unknown) => {
    replace(progress, error instanceof Error ? error.message : String(error));
    body.hidden = true;
  });
  const body = h('div', {},
    h('div', { class: 'row' }, h('label', { class: 'check', for: 'every-factor' }, every, ` ${word('clinics_all')}`)),
    h('div', { class: 'beside' }, map.element, h('div', {}, going.element, links)), table);
  const element = h('div', { class: 'screen' },
    h('h1', { tabindex: -1 }, word('screen_clinics')), h('p', { class: 'lead' }, word('clinics_lead')), progress,
    body);
  return { element, show: () => undefined };
}
