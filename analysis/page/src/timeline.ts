// When each strategy begins, on a line under the picture: one takes a strategy by its flag and drags it along the weeks.
import type { App } from './app';
import { button, h, replace } from './dom';
import type { Lever } from './levers';
import { axisMargins } from './pictures';
import { locale, number } from './numbers';
import { pick, word } from './words';

/** A week in words: its number, and its date when the scenario says when week 0 is. */
export function weekWords(app: App, week: number): string {
  const date = dateWords(app, week);
  return date === '' ? word('compare_from', { n: week }) : word('compare_from_date', { n: week, date });
}

export function dateWords(app: App, week: number, long = true): string {
  const start = Date.parse(`${app.lab.scenario?.start ?? ''}T00:00:00Z`);
  if (Number.isNaN(start)) return '';
  const options: Intl.DateTimeFormatOptions = { month: 'short', year: 'numeric', timeZone: 'UTC', ...(long ? { day: 'numeric' } : {}) };
  return new Intl.DateTimeFormat(locale(), options).format(start + week * 7 * 86_400_000);
}

export const lastWeek = (app: App): number => Math.min(259, (app.lab.scenario?.horizon ?? 104) - 13);

export interface Timeline {
  element: HTMLElement;
  sync(): void;
}

/** `moved` hears of every change. */
export function timeline(app: App, moved: () => void): Timeline {
  const { state, scenario } = app.lab;
  const weeks = scenario?.horizon ?? 104;
  const line = h('div', { class: 'line' });
  const chips = h('div', { class: 'row chips' });
  const percent = (week: number): string => `${(100 * week) / Math.max(1, weeks - 1)}%`;

  const place = (lever: Lever, week: number): void => {
    const wanted = Math.max(0, Math.min(lastWeek(app), week));
    if (state.levers[lever.id] === wanted) return;
    state.levers[lever.id] = wanted;
    moved();
  };
  const weekAt = (x: number): number => {
    const box = line.getBoundingClientRect();
    return Math.round(((x - box.left) / Math.max(1, box.width)) * (weeks - 1));
  };
  /** From here on the pointer holds this strategy. */
  const drag = (lever: Lever, event: PointerEvent, begins: boolean): void => {
    const follow = (e: PointerEvent): void => {
      if (!begins || Math.abs(e.clientX - event.clientX) + Math.abs(e.clientY - event.clientY) > 6) place(lever, weekAt(e.clientX));
    };
    const end = (): void => {
      window.removeEventListener('pointermove', follow);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
    };
    window.addEventListener('pointermove', follow);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
  };
  const keys = (lever: Lever, event: KeyboardEvent): void => {
    const at = state.levers[lever.id] ?? 0;
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 13, PageDown: -13 }[event.key];
    if (event.key === 'Delete') {
      delete state.levers[lever.id];
      moved();
      (line.querySelector<HTMLElement>('.handle') ?? chips.querySelector('button'))?.focus();
    } else if (step !== undefined) place(lever, at + step);
    else return;
    event.preventDefault();
  };
  const handles = new Map<string, HTMLElement>();
  const handleOf = (lever: Lever): HTMLElement => {
    const found = handles.get(lever.id);
    if (found) return found;
    const name = pick(lever.words);
    const handle = h('div', { class: 'handle', role: 'slider', tabindex: 0, 'aria-valuemin': 0, 'aria-valuemax': lastWeek(app),
      'aria-label': word('timeline_move', { what: name }), title: name,
      pointerdown: (event) => { drag(lever, event as PointerEvent, false); }, keydown: (event) => keys(lever, event as KeyboardEvent) },
      h('span', { class: 'flag' }, '⚑ ', name));
    handles.set(lever.id, handle);
    return handle;
  };
  const sync = (): void => {
    const dated = app.lab.offered.filter((lever) => lever.week !== null);
    const on = dated.filter((lever) => typeof state.levers[lever.id] === 'number');
    on.forEach((lever, row) => {
      const week = state.levers[lever.id] ?? 0;
      const handle = handleOf(lever);
      handle.style.left = percent(week);
      handle.style.top = `${row * 2}rem`;
      handle.classList.toggle('late', week > weeks / 2);
      handle.setAttribute('aria-valuenow', String(week));
      handle.setAttribute('aria-valuetext', weekWords(app, week));
      if (handle.parentElement !== line) line.append(handle);
    });
    for (const [id, handle] of handles) if (!on.some((lever) => lever.id === id)) handle.remove();
    line.style.height = `${Math.max(1, on.length) * 2 + 0.2}rem`;
    replace(chips, ...dated.filter((lever) => !on.includes(lever)).map((lever) => {
      const name = pick(lever.words);
      const chip = button(`⚑ ${name}`, () => { place(lever, lever.week ?? 0); handles.get(lever.id)?.focus(); }, { class: 'chip', 'aria-label': word('timeline_add', { what: name }) });
      chip.addEventListener('pointerdown', (event) => drag(lever, event, true));
      return chip;
    }));
  };
  const step = weeks > 156 ? 52 : 26;
  const ticks = Array.from({ length: Math.floor((weeks - 1) / step) + 1 }, (_, i) => i * step);
  const scale = h('div', { class: 'weeks' }, ...ticks.map((week) => {
    const tick = h('span', {}, number(week), h('small', {}, dateWords(app, week, false)));
    tick.style.left = percent(week);
    return tick;
  }));
  const along = h('div', { class: 'along' }, line, scale);
  along.style.marginLeft = `${axisMargins.left}px`;
  along.style.marginRight = `${axisMargins.right}px`;
  const element = h('div', { class: 'timeline', role: 'group', 'aria-label': word('timeline') },
    h('h3', {}, word('timeline')), h('p', { class: 'note' }, word('timeline_note')), chips, along);
  sync();
  return { element, sync };
}
