// What the user has chosen. It lives in the address's fragment, so that a link or a bookmark brings it back.
import { lang, setLang } from './words';

/** Plain numbers beside the scales: a few sensible values each, in words. Nothing else of a scenario is set from an address. */
export const plain = [
  { id: 'case_manager_hours', section: 'organizational', category: 'organizational', factor: 1, values: [1, 2, 3.5, 7, 14, 28] },
  { id: 'nurse_turnover_rate', section: 'organizational', category: 'organizational', factor: 10, values: [0.05, 0.1, 0.2, 0.3, 0.4] },
  { id: 'protected_share', section: 'organizational', category: 'organizational', factor: 35, values: [1, 2, 4, 7, 14].map((hours) => hours / 35) },
] as const;

/** Takes out what is chosen for clinics that the open case does not have. */
export function keepTo(state: State, clinics: string[]): void {
  for (const key of Object.keys(state.rates)) if (!clinics.includes(key.slice(0, key.indexOf('/')))) delete state.rates[key];
  for (const key of Object.keys(state.sets)) if (!clinics.includes(/\[(.+)\]/.exec(key)?.[1] ?? '')) delete state.sets[key];
}

export type ScreenId = 'start' | 'clinic' | 'compare' | 'clinics';
export const screens: ScreenId[] = ['start', 'clinic', 'compare', 'clinics'];

export interface State {
  screen: ScreenId;
  case: string; // name of the case that is open
  clinic: number;
  series: string; // of the picture
  rates: Record<string, number | null>; // "clinic/factor" -> -2..2, null = not known
  sets: Record<string, string>; // path -> value, as --set takes it
  levers: Record<string, number | null>; // lever -> week it begins; null: by its trigger
  arm: number; // of a report: the option that is looked at
}

export const startState = (): State => ({
  screen: 'start', case: '', clinic: 0, series: 'active', rates: {}, sets: {}, levers: {}, arm: -1,
});

const pack = (pairs: Record<string, string | number | null>): string =>
  Object.entries(pairs)
    .map(([key, value]) => `${encodeURIComponent(key)}:${value === null ? 'x' : encodeURIComponent(String(value))}`)
    .join(',');

function unpack(text: string): Record<string, string> {
  const pairs: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const part of text.split(',')) {
    const at = part.indexOf(':');
    if (at <= 0) continue;
    try {
      pairs[decodeURIComponent(part.slice(0, at))] = decodeURIComponent(part.slice(at + 1));
    } catch {
      continue; // a fragment somebody cut
    }
  }
  return pairs;
}

let written = '';

/** Somebody put another address into this tab. */
export const isForeign = (): boolean => location.hash !== written && location.hash !== '';

export function writeFragment(state: State): void {
  const parts = [`lang=${lang()}`];
  if (state.screen !== 'start') parts.push(`screen=${state.screen}`);
  if (state.case !== '') parts.push(`case=${encodeURIComponent(state.case)}`);
  if (state.clinic > 0) parts.push(`clinic=${state.clinic}`);
  if (state.series !== 'active') parts.push(`series=${state.series}`);
  if (Object.keys(state.rates).length > 0) parts.push(`rate=${pack(state.rates)}`);
  if (Object.keys(state.sets).length > 0) parts.push(`set=${pack(state.sets)}`);
  if (Object.keys(state.levers).length > 0) parts.push(`with=${pack(state.levers)}`);
  if (state.arm >= 0) parts.push(`arm=${state.arm}`);
  const fragment = `#${parts.join('&')}`;
  written = fragment;
  if (fragment === location.hash) return;
  try {
    history.replaceState(null, '', fragment);
  } catch {
    location.hash = fragment;
  }
}

const whole = (text: string | undefined, low: number, high: number): number | null => {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value >= low && value <= high ? value : null;
};

function readChoices(state: State, get: (key: string) => string | undefined): void {
  for (const [key, value] of Object.entries(unpack(get('rate') ?? ''))) {
    const rating = value === 'x' ? null : whole(value, -2, 2);
    if (/^[\w.-]+\/\w+$/.test(key) && (rating !== null || value === 'x')) state.rates[key] = rating;
  }
  for (const [key, value] of Object.entries(unpack(get('set') ?? '')))
    if (plain.some((control) => new RegExp(`^meso\\[[\\w-]+\\]\\.${control.section}\\.${control.id}$`).test(key)) && /^[\d.]+$/.test(value)) state.sets[key] = value;
  for (const [key, value] of Object.entries(unpack(get('with') ?? '')))
    if (/^[\w.-]+$/.test(key)) state.levers[key] = value === 'x' ? null : whole(value, 0, 259);
}

/** Reads the fragment; what is not understood is left at its start. */
export function readFragment(): State {
  const state = startState();
  const parts = new Map<string, string>();
  for (const part of location.hash.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=');
    if (at > 0) parts.set(part.slice(0, at), part.slice(at + 1));
  }
  const get = (key: string): string | undefined => parts.get(key);
  const language = get('lang');
  if (language === 'fr' || language === 'en') setLang(language);
  const screen = screens.find((id) => id === get('screen'));
  if (screen) state.screen = screen;
  try {
    state.case = decodeURIComponent(get('case') ?? '');
  } catch {
    state.case = '';
  }
  state.clinic = whole(get('clinic'), 0, 100000) ?? 0;
  state.arm = whole(get('arm'), 0, 1000) ?? -1;
  if (/^\w+$/.test(get('series') ?? '')) state.series = get('series') ?? 'active';
  readChoices(state, get);
  return state;
}
