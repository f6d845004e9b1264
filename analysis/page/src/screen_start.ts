// Screen 0, the first minute: which of these clinics resembles yours?
import { h } from './dom';
import type { App } from './app';
import type { Case } from './lab';
import { ofHundred } from './numbers';
import { spark } from './pictures';
import { rowOf, shareBand } from './results';
import { word, type Key } from './words';

const known: Record<string, [Key, Key]> = {
  'case-a.cfg': ['case_a', 'case_a_story'],
  'case-b.cfg': ['case_b', 'case_b_story'],
  'case-c.cfg': ['case_c', 'case_c_story'],
  'case-d.cfg': ['case_d', 'case_d_story'],
  'baseline.cfg': ['case_blank', 'case_blank_story'],
};

function titleIn(text: string): string {
  const found = /^title = (?:"([^"]*)"|\{\s*en = "([^"]*)";\s*fr = "([^"]*)")/m.exec(text);
  return found?.[1] ?? (document.documentElement.lang === 'fr' ? found?.[3] : found?.[2]) ?? '';
}

/** What becomes of the case, as small as a word: filled in when the engine has looked, one card after the other. */
async function fillIn(app: App, sparks: [Case, HTMLElement][]): Promise<void> {
  for (const [one, place] of sparks) {
    const found = await app.lab.glance(one).catch(() => null);
    if (!place.isConnected) return;
    const results = found?.results;
    const band = results?.band(0, 0, 'active');
    if (!results || !band) continue;
    const share = shareBand(band, results.runs);
    const at = (week: number): string => ofHundred(share.q50[Math.min(week, share.q50.length - 1)] ?? 0);
    const end = ofHundred(rowOf(results, 0, 0, 'active_at_horizon', true).mean);
    const text = word('spark_text', { year: at(52), end });
    place.replaceChildren(spark(share, text), h('span', { class: 'note' }, word('spark_note', { end })));
  }
}

function card(app: App, one: Case, sparks: [Case, HTMLElement][]): HTMLElement {
  const place = h('span', { class: 'spark-place' });
  const words = known[one.name];
  const title = words ? word(words[0]) : titleIn(one.text) || one.name;
  if (words) sparks.push([one, place]);
  return h('li', {}, h('button', { type: 'button', class: 'card', click: () => void app.openCase(one, 'clinic') },
    h('span', { class: 'card-title' }, title), h('span', {}, words ? word(words[1]) : one.name), words ? place : null));
}

export function screenStart(app: App): HTMLElement {
  const main = app.lab.cases.filter((one) => one.name in known);
  const others = app.lab.cases.filter((one) => !(one.name in known));
  const sparks: [Case, HTMLElement][] = [];
  const element = h('div', { class: 'start' },
    h('h1', { tabindex: -1 }, word('start_question')), h('p', { class: 'lead' }, word('start_lead')),
    h('ul', { class: 'cards' }, ...main.map((one) => card(app, one, sparks))),
    others.length > 0 && main.length > 0 && h('h2', {}, word('start_others')),
    others.length > 0 && h('ul', { class: 'cards' }, ...others.map((one) => card(app, one, sparks))),
    h('p', {}, word('start_drop')));
  setTimeout(() => void fillIn(app, sparks));
  return element;
}
