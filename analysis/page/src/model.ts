// The model's tables and a scenario, as the engine tells them.
import { pick, word } from './words';

export interface Labelled {
  id: string;
  label_en: string;
  label_fr: string;
}

export interface Factor extends Labelled {
  category: string;
  level: string;
  cfir: string;
  source: string;
  acts_on: { parameter: string; sign: number; share: number }[];
}

export interface Parameter extends Labelled {
  unit: string;
  default: number;
  low: number;
  high: number;
  spread: number;
  source: string;
  evidence: 'measured' | 'published' | 'elicited' | 'assumed';
}

export interface Outcome extends Labelled {
  unit: string;
  level: string;
  type: 'yesno' | 'mean';
  definition: string;
  better: number;
}

export interface Tables {
  version: string;
  factors: Factor[];
  parameters: Parameter[];
  outcomes: Outcome[];
  series: (Labelled & { unit: string })[];
}

export interface Person {
  role: 'nurse' | 'physician';
  id: string;
  absent: boolean;
  lead: boolean;
  ratings: Record<string, number>;
}

export interface Clinic extends Labelled {
  place: string;
  teaching: boolean;
  nurses: number;
  physicians: number;
  ratings: ['here' | 'all' | 'not', number][];
  parameters: Record<string, number>;
  people: Person[];
}

export interface Strategy extends Labelled {
  eric: string;
  at: number;
  until: number;
  watch?: string;
  below?: boolean;
  threshold?: number;
  for_weeks?: number;
  changes: string[];
  where: number[];
}

export interface Scenario extends Labelled {
  source: string;
  start: string;
  horizon: number;
  seed: number;
  draws: number;
  replications: number;
  reference: number;
  text: string;
  clinics: Clinic[];
  strategies: Strategy[];
  arms: (Labelled & { on: number[] })[];
}

export interface Message {
  warning: boolean;
  file: string;
  line: number;
  text: string;
}

export interface ReadAnswer {
  messages?: Message[];
  scenario?: Scenario;
  error?: string;
}

export const label = (thing: Labelled): string => pick([thing.label_en, thing.label_fr]);

/** A unit of the tables in words where it has some. */
export function unitWords(unit: string): string {
  const known: Record<string, string> = { week: word('unit_week'), year: word('unit_year'), day: word('unit_day'), CAD: '$' };
  return known[unit] ?? unit.replace('week-1', `/ ${word('week')}`).replace('year-1', `/ ${word('year_one')}`).replace('month-1', `/ ${word('month_one')}`);
}

/** The texts of the items of a top-level list of a whole scenario text, by their id. */
export function itemsOf(text: string, list: string): Map<string, string> {
  const items = new Map<string, string>();
  const lines = text.split('\n');
  let at = lines.indexOf(`${list} = (`);
  if (at < 0) return items;
  let item: string[] = [];
  for (at += 1; at < lines.length && lines[at] !== ');'; at++) {
    const line = lines[at] ?? '';
    item.push(line);
    if (line !== '  },' && line !== '  }') continue;
    const whole = item.join('\n').replace(/,$/, '');
    const id = /^ {4}id = "([^"]*)";$/m.exec(whole)?.[1];
    if (id !== undefined) items.set(id, whole.trim());
    item = [];
  }
  return items;
}
