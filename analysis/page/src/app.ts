// The page: its frame, its screens, its files. Screens are built anew when one goes to them; a moved slider only brings
// new numbers.
import { button, download, h, newId, replace } from './dom';
import { Lab, watched, type Case, type PageData, type Purpose } from './lab';
import type { Message } from './model';
import { number } from './numbers';
import { screenClinic, type LiveScreen } from './screen_clinic';
import { screenClinics } from './screen_clinics';
import { screenCompare } from './screen_compare';
import { screenStart } from './screen_start';
import { Sources } from './source';
import { isForeign, screens, startState, writeFragment, type ScreenId } from './state';
import { lang, pick, setLang, word, type Key, type Lang } from './words';

const MOST_BYTES = 2_000_000;

export class App {
  readonly sources: Sources;
  readonly openGroups = new Set<string>();
  private readonly frame = h('div', { id: 'frame' });
  private readonly dialog = h('dialog', { class: 'messages', 'aria-labelledby': 'messages-title' });
  private live: LiveScreen | null = null;

  private readonly home: Lab;

  constructor(public lab: Lab) {
    this.home = lab;
    this.sources = new Sources(lab);
    document.body.append(this.frame, this.dialog);
    this.listenForFiles();
    window.addEventListener('hashchange', () => { if (isForeign()) location.reload(); });
    window.addEventListener('beforeprint', () => document.querySelectorAll('details.group').forEach((d) => d.setAttribute('open', '')));
  }

  // ---- what screens ask ----

  noteGroup(category: string, open: boolean): void {
    if (open) this.openGroups.add(category);
    else this.openGroups.delete(category);
  }

  seriesThere(): string[] {
    const { results } = this.lab;
    if (!results || !this.lab.isReport) return watched;
    return watched.filter((id) => results.band(0, 0, id) !== null);
  }

  keep(): void {
    writeFragment(this.lab.state);
  }

  progressWords(): string[] {
    const { lab } = this;
    if (lab.complaint !== null) return [word('engine_said', { text: lab.complaint })];
    if (lab.isReport || !lab.results) return lab.busy ? [word('runs_going')] : [];
    const parts = [word('runs_so_far', { n: number(lab.results.runs) })];
    if (lab.failed > 0) parts.push(word('runs_failed', { n: number(lab.failed) }));
    if (lab.busy) parts.push(word('runs_going'));
    return [parts.join(' ')];
  }

  /** A control moved: remember it, and simulate anew. */
  changed(): void {
    this.keep();
    this.simulate();
  }

  private purpose(): Purpose {
    return this.lab.state.screen === 'compare' ? 'compare' : 'clinic';
  }

  simulate(): void {
    const { lab } = this;
    if (lab.isReport || !lab.scenario || (lab.state.screen !== 'clinic' && lab.state.screen !== 'compare')) return;
    const begun = performance.now();
    const purpose = this.purpose();
    if (purpose === 'compare' && lab.chosen().length === 0) {
      lab.stop();
      lab.results = null;
      this.live?.show();
      return;
    }
    lab.run(purpose, (stage) => {
      this.live?.show();
      document.documentElement.dataset[`stage${stage}`] = String(Math.round(performance.now() - begun));
      document.documentElement.dataset.runs = String(lab.results?.runs ?? 0);
    }).catch((error: unknown) => {
      if (lab.token !== mine) return;
      lab.complaint = error instanceof Error ? error.message : String(error);
      lab.busy = false;
      lab.results = null; // what stands there was of another question
      this.live?.show();
    });
    const mine = lab.token;
  }

  async openCase(one: Case, screen: ScreenId, clinic = 0): Promise<boolean> {
    const lab = this.home;
    const { messages, error } = await lab.take(one);
    if (error !== null) {
      this.tell(word('file_wrong', { name: one.name }), messages, error);
      return false;
    }
    this.turnTo(lab);
    Object.assign(lab.state, startState(), { screen, case: one.name, clinic, series: lab.state.series, levers: lab.whatIf() });
    this.openGroups.clear();
    this.render();
    this.focusTitle();
    const warnings = messages.filter((message) => message.warning);
    if (warnings.length > 0 && !(lab.data.cases ?? []).includes(one)) this.tell(word('file_warned', { name: one.name }), warnings, '');
    return true;
  }

  go(screen: ScreenId): void {
    this.lab.state.screen = screen;
    this.lab.results = this.lab.isReport ? this.lab.results : null;
    this.render();
    this.focusTitle();
  }

  private focusTitle(): void {
    this.frame.querySelector('h1')?.focus();
    window.scrollTo(0, 0);
  }

  // ---- files ----

  /** From here on the page speaks of these results, or of the cases it began with. */
  private turnTo(lab: Lab): void {
    this.lab = lab;
    this.sources.lab = lab;
  }

  private get canOpen(): boolean {
    return this.home.engine !== null;
  }

  private async takeResults(name: string, file: File): Promise<void> {
    const found = (await this.home.engine!.results!(file)) as PageData | { error: [string, string] };
    if ('error' in found) {
      this.tell(word('file_wrong', { name }), [], pick(found.error));
      return;
    }
    this.home.stop();
    this.turnTo(new Lab(found, this.home.engine, startState()));
    this.lab.state.screen = 'clinic';
    this.render();
    this.focusTitle();
  }

  private async takeFile(file: File): Promise<void> {
    const name = file.name.slice(0, 120);
    const isResults = /^.HDF/.test(await file.slice(0, 8).text());
    if (isResults && this.home.engine?.results) {
      await this.takeResults(name, file).catch((error: unknown) => this.tell(word('file_wrong', { name }), [], String(error)));
      return;
    }
    if (file.size > MOST_BYTES && !isResults) {
      this.tell(word('file_large', { name, size: number(file.size / 1e6, 1) }), [], '');
      return;
    }
    const text = isResults ? '' : await file.text();
    if (isResults || text.includes('\u0000')) {
      this.tell(word(isResults ? 'file_results' : 'file_not_text', { name }), [], '');
      return;
    }
    const taken = (this.home.data.cases ?? []).some((c) => c.name === name);
    const one: Case = { name: taken ? name.replace(/(\.cfg)?$/, ' (2)$1') : name, text, given: text };
    if (await this.openCase(one, 'clinic')) this.home.cases = [...this.home.cases.filter((c) => c.name !== one.name), one];
  }

  private listenForFiles(): void {
    if (!this.canOpen) return;
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) void this.takeFile(file);
    });
  }

  private async save(): Promise<void> {
    const { lab } = this;
    if (!lab.scenario) return;
    const name = lab.isChanged ? word('my_clinic') : lab.scenario.id;
    try {
      download(`${name}.cfg`, 'text/plain;charset=utf-8', lab.isReport ? lab.scenario.text : await lab.text());
    } catch (error) {
      this.tell(word('file_wrong', { name: `${name}.cfg` }), [], error instanceof Error ? error.message : String(error));
    }
  }

  tell(title: string, messages: Message[], error: string): void {
    const lines = messages.map((message) => h('li', {}, message.line > 0 ? word('file_line', { n: message.line, text: message.text }) : message.text));
    this.dialog.replaceChildren(h('h2', { id: 'messages-title' }, title), lines.length > 0 ? h('ul', { class: 'complaints' }, ...lines) : h('p', {}, error),
      h('div', { class: 'row' }, button(word('close'), () => this.dialog.close(), { class: 'main' })));
    this.dialog.showModal();
  }

  // ---- the tour ----

  private tour(step = 1): void {
    const where: ScreenId[] = ['start', 'clinic', 'clinic', 'compare', 'clinic'];
    if (this.lab.scenario && !this.lab.isReport) this.go(where[step - 1] ?? 'start');
    this.dialog.replaceChildren(h('h2', { id: 'messages-title' }, word('tour_step', { n: step })), h('p', {}, word(`tour_${step}` as Key)),
      h('div', { class: 'row' },
        step > 1 ? button(word('back'), () => this.tour(step - 1)) : '',
        step < 5 ? button(word('next'), () => this.tour(step + 1), { class: 'main' }) : '',
        button(word('close'), () => this.dialog.close())));
    if (!this.dialog.open) this.dialog.showModal();
    (this.dialog.querySelector<HTMLElement>('button.main') ?? this.dialog.querySelector('button'))?.focus();
  }

  // ---- the frame ----

  private switchLang(to: Lang): void {
    setLang(to);
    this.render();
  }

  private header(): HTMLElement {
    const language = (to: Lang, name: string): HTMLElement =>
      h('button', { type: 'button', id: `lang-${to}`, lang: to, 'aria-pressed': String(lang() === to), click: () => this.switchLang(to) }, name);
    return h('header', {},
      h('a', { class: 'skip', href: '#content', click: (event) => { event.preventDefault(); this.focusTitle(); } }, word('skip')),
      h('div', { class: 'brand' }, h('strong', {}, word('title')), h('span', { class: 'notice' }, word('tagline'))),
      h('div', { class: 'lang', role: 'group', 'aria-label': word('language') }, language('fr', 'FR'), language('en', 'EN')));
  }

  private nav(): HTMLElement {
    const { lab } = this;
    const there = screens.filter((id) => (id === 'start' ? !lab.isReport : id === 'clinics' || lab.scenario !== null));
    const tab = (id: ScreenId): HTMLElement =>
      h('button', { type: 'button', 'aria-current': lab.state.screen === id ? 'page' : null, click: () => this.go(id) }, word(`screen_${id}` as Key));
    const id = newId('open');
    const input = h('input', { type: 'file', accept: this.home.engine?.results ? '.cfg,.h5,text/plain' : '.cfg,text/plain', id, class: 'unseen', tabindex: -1, 'aria-hidden': 'true' });
    input.addEventListener('change', () => { if (input.files?.[0]) void this.takeFile(input.files[0]); });
    return h('div', { class: 'bars' },
      h('nav', { 'aria-label': word('screens') }, ...there.map(tab)),
      h('div', { class: 'tools', role: 'group', 'aria-label': word('file_tools') },
        this.canOpen ? input : null, this.canOpen ? button(word(this.home.engine?.results ? 'open_any' : 'open'), () => { input.value = ''; input.click(); }) : null,
        lab !== this.home ? button(word('back_home'), () => { this.turnTo(this.home); this.render(); this.focusTitle(); }) : null,
        lab.scenario ? button(word('save'), () => void this.save(), { id: 'save' }) : null,
        lab.scenario && !lab.isReport ? button(word('reset_all'), () => { Object.assign(lab.state, { rates: {}, sets: {}, levers: {} }); this.render(); }) : null,
        button(word('print'), () => window.print()), lab.isReport ? null : button(word('tour'), () => this.tour())));
  }

  private footer(): HTMLElement {
    const { lab } = this;
    return h('footer', {}, h('p', {}, word(this.home.data.served ? 'footer_served' : 'footer', { version: lab.tables.version })),
      lab.scenario && lab.scenario.source !== '' ? h('p', {}, word('scenario_source', { text: lab.scenario.source })) : null);
  }

  private screen(): HTMLElement {
    const { lab } = this;
    this.live = null;
    if (lab.scenario === null && lab.state.screen !== 'clinics') lab.state.screen = 'start';
    if (lab.isReport && lab.state.screen === 'start') lab.state.screen = 'clinic';
    if (lab.state.screen === 'start') return screenStart(this);
    this.live = { clinic: screenClinic, compare: screenCompare, clinics: screenClinics }[lab.state.screen](this);
    return this.live.element;
  }

  /** Builds the screen anew; the keyboard stays where it was, by the element's id. */
  render(): void {
    const held = document.activeElement?.id ?? '';
    document.title = word('title');
    this.lab.stop();
    if (!this.lab.isReport) this.lab.results = null;
    const screen = this.screen();
    replace(this.frame, this.header(), this.nav(), h('main', { id: 'content' }, screen), this.footer());
    this.keep();
    this.live?.show();
    this.simulate();
    if (held !== '' && document.activeElement === document.body) document.getElementById(held)?.focus();
  }
}
