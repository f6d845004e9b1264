import { App } from './app';
import { h } from './dom';
import { askServer, beginServed, startWorkers, type Engine } from './engine';
import { Lab, type PageData } from './lab';
import type { Row } from './numbers';
import { rowOf } from './results';
import { keepTo, readFragment, startState } from './state';
import { setLang, word } from './words';

const textOf = (id: string): string => document.getElementById(id)?.textContent ?? '';

async function engineOf(data: PageData, key: string | null): Promise<Engine | null> {
  if (data.kind === 'report') return null;
  if (key !== null) return askServer(key);
  return startWorkers(textOf('engine-script'), textOf('engine-wasm').trim(), data.files ?? {});
}

function numbersOf(lab: Lab, arm: number, clinic: number): Record<string, Row> | null {
  const { results } = lab;
  if (!results || lab.busy) return null;
  return Object.fromEntries(lab.tables.outcomes.map(({ id, type }) => [id, rowOf(results, arm, clinic, id, type === 'yesno')]));
}

async function start(): Promise<void> {
  const begun = performance.now();
  let data = JSON.parse(textOf('page-data')) as PageData;
  let key: string | null = null;
  setLang(data.lang ?? (navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en'));
  const state = readFragment();
  const waiting = h('p', { class: 'waiting', role: 'status' }, word('loading'));
  document.body.append(waiting);
  try {
    if (data.kind === 'serve') {
      const served = await beginServed().catch(() => null);
      if (served === null) {
        waiting.textContent = word('served_spent');
        waiting.setAttribute('role', 'alert');
        return;
      }
      key = served.key;
      data = { ...(served.data as PageData), served: true };
      if (data.lang && !location.hash.includes('lang=')) setLang(data.lang);
    }
    const lab = new Lab(data, await engineOf(data, key), state);
    await lab.begin();
    const wanted = lab.cases.find((one) => one.name === state.case) ?? (lab.cases.length === 1 ? lab.cases[0] : undefined);
    if (wanted && !lab.isReport) {
      await lab.take(wanted);
      if (state.screen === 'start' && lab.cases.length === 1) state.screen = 'clinic';
      state.case = wanted.name;
    }
    if (state.clinic >= (lab.results?.clinics.length ?? lab.scenario?.clinics.length ?? 1)) state.clinic = 0;
    if (state.arm >= (lab.scenario?.arms.length ?? 0)) state.arm = -1;
    keepTo(state, lab.scenario?.clinics.map((clinic) => clinic.id) ?? []);
    const gone = wanted === undefined && !lab.isReport ? state.case : '';
    if (gone !== '') Object.assign(state, startState());
    waiting.remove();
    const app = new App(lab);
    app.render();
    if (gone !== '') app.tell(word('case_gone', { name: gone }), [], '');
    // The numbers unrounded, for whoever checks the page from the browser's console (and for its tests).
    Object.assign(window, { milieu: { numbers: (arm = 0, clinic = 0) => numbersOf(app.lab, arm, clinic) } });
    document.documentElement.dataset.ready = String(Math.round(performance.now() - begun));
  } catch (error) {
    waiting.textContent = word('no_engine', { why: String(error) });
    waiting.setAttribute('role', 'alert');
  }
}

void start();
