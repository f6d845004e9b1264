// Screen 0, the first minute: which of these clinics resembles yours?
import { h } from './dom';
import type { App } from './app';
import type { Case } from './lab';
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

function card(app: App, one: Case): HTMLElement {
  const words = known[one.name];
  const title = words ? word(words[0]) : titleIn(one.text) || one.name;
  return h('li', {}, h('button', { type: 'button', class: 'card', click: () => void app.openCase(one, 'clinic') },
    h('span', { class: 'card-title' }, title), words ? h('span', {}, word(words[1])) : h('span', {}, one.name)));
}

export function screenStart(app: App): HTMLElement {
  const main = app.lab.cases.filter((one) => one.name in known);
  const others = app.lab.cases.filter((one) => !(one.name in known));
  return h('div', { class: 'start' },
    h('h1', { tabindex: -1 }, word('start_question')), h('p', { class: 'lead' }, word('start_lead')),
    h('ul', { class: 'cards' }, ...main.map((one) => card(app, one))),
    others.length > 0 && main.length > 0 && h('h2', {}, word('start_others')),
    others.length > 0 && h('ul', { class: 'cards' }, ...others.map((one) => card(app, one))),
    h('p', {}, word('start_drop')));
}
