// One factor of context as a five-step scale with words at both ends, never a bare number.
import type { App } from './app';
import { controls } from './controls';
import { button, h, newId, replace } from './dom';
import { label, type Clinic, type Factor } from './model';
import { capital, pick, word } from './words';

export function stepWords(factor: string, rating: number): string {
  const ends = controls[factor];
  if (!ends) return String(rating);
  const step = Math.max(-2, Math.min(2, Math.round(rating)));
  const end = pick(step < 0 ? ends.low : ends.high);
  if (step === 0) return word('step_middle');
  return Math.abs(step) === 2 ? word('step_high_low', { end }) : word('step_rather', { end });
}

export const askOf = (factor: Factor): string => {
  const control = controls[factor.id];
  return control ? pick(control.ask) : capital(label(factor));
};

interface Situation {
  said: 'here' | 'all' | 'not';
  middle: number;
  changed: number | null | undefined; // undefined: not changed
}

function saidWords(factor: Factor, at: Situation): string {
  const before = at.said === 'not' ? word('said_not') : `${stepWords(factor.id, at.middle)} (${word(at.said === 'here' ? 'said_here' : 'said_all')})`;
  return at.changed === undefined ? before : word('said_changed', { before });
}

/** The row of one factor; `index` is its place in the table. */
export function scale(app: App, clinic: Clinic, factor: Factor, index: number): HTMLElement {
  const { state } = app.lab;
  const key = `${clinic.id}/${factor.id}`;
  const [said, middle] = clinic.ratings[index] ?? ['not', 0];
  const id = newId('scale');
  const ends = controls[factor.id];
  const now = (): Situation => ({ said, middle, changed: state.rates[key] });
  const range = h('input', { type: 'range', min: -2, max: 2, step: 1, id, class: 'scale', 'data-factor': factor.id });
  const unknown = h('input', { type: 'checkbox', id: `${id}-x`, 'aria-label': word('changed_line', { what: word('dont_know'), now: askOf(factor) }) });
  const value = h('span', { class: 'step', 'aria-hidden': 'true' });
  const note = h('p', { class: 'note', id: `${id}-note` });
  const undo = button(word('reset_short'), () => {
    delete state.rates[key];
    show();
    app.changed();
    range.focus();
  }, { class: 'small', 'aria-label': word('reset_one', { what: askOf(factor) }) });
  const show = (): void => {
    const at = now();
    const open = at.changed === null || (at.changed === undefined && said === 'not');
    const rating = at.changed ?? (open ? 0 : middle);
    range.value = String(Math.round(rating));
    const words = open ? word('dont_know') : stepWords(factor.id, rating);
    range.setAttribute('aria-valuetext', words);
    range.classList.toggle('open', open);
    unknown.checked = open;
    replace(value, words);
    replace(note, saidWords(factor, at));
    undo.hidden = at.changed === undefined;
    row.classList.toggle('changed', at.changed !== undefined);
  };
  range.addEventListener('input', () => {
    state.rates[key] = Number(range.value);
    show();
    app.changed();
  });
  unknown.addEventListener('change', () => {
    if (unknown.checked && said === 'not') delete state.rates[key];
    else state.rates[key] = unknown.checked ? null : Number(range.value);
    show();
    app.changed();
  });
  range.setAttribute('aria-describedby', `${id}-note`);
  const base = said === 'not' ? null : h('span', { class: 'base', style: `left:${(Math.round(middle) + 2) * 25}%`, 'aria-hidden': 'true' }, '▴');
  const row = h('div', { class: 'factor' },
    h('div', { class: 'row' }, h('label', { for: id }, askOf(factor)), value),
    h('div', { class: 'track' }, range, base),
    h('div', { class: 'ends', 'aria-hidden': 'true' }, h('span', {}, ends ? pick(ends.low) : '−2'), h('span', {}, ends ? pick(ends.high) : '+2')),
    note,
    h('div', { class: 'row tools' }, h('label', { class: 'check' }, unknown, ` ${word('dont_know')}`), undo,
      app.sources.factor(factor, index, saidWords(factor, { said, middle, changed: undefined }))));
  show();
  return row;
}
