// What is open, what is asked of the engine, and what has come back so far.
import type { Engine } from './engine';
import { itemsOf, type Message, type ReadAnswer, type Scenario, type Tables } from './model';
import { leverItem, library, ownLevers, type Lever } from './levers';
import { Gathered, Stored, type Answer, type Results, type StoredResults } from './results';
import type { State } from './state';
import { lang, pick } from './words';

export interface Case {
  name: string; // "case-c.cfg"
  text: string; // whole
  given: string; // as it was written, with its comments
}

export interface PageData {
  kind: 'explorer' | 'report' | 'serve';
  lang?: 'en' | 'fr';
  cases?: Case[];
  files?: Record<string, string>;
  tables?: Tables;
  scenario?: Scenario;
  given?: string;
  results?: StoredResults;
  served?: boolean; // by the program, on loopback
}

export type Purpose = 'clinic' | 'compare';
export const watched = ['active', 'ever_enrolled', 'enrolled', 'ed_visits', 'ed_visits_usual', 'nurse_fte', 'nurse_motivation', 'strain', 'competence', 'medical_leadership'];

interface Part {
  from: number;
  to: number;
  stage: number; // runs in all when its last part is there
}

interface RunQuestion {
  name: string;
  text: string;
  set: string[];
  rate: string[];
}

/** A few runs of a case that is not open. */
export interface Glance {
  scenario: Scenario;
  results: Results | null; // null: too many clinics
}

export const MOST_BESIDE = 24; // clinics beside one another: a region of a thousand is for a table, not for a page

const REST = 250; // ms

/** Runs at each stage: what a page may ask of its worker, and five times that of the program itself. */
const fit = (clinics: number, native: boolean): number[] =>
  [...(clinics <= 8 ? [20, 100, 400] : clinics <= 100 ? [8, 40] : [2, 6]), ...(native ? [clinics <= 8 ? 2000 : clinics <= 100 ? 200 : 30] : [])];

export class Lab {
  tables!: Tables;
  scenario: Scenario | null = null; // the open case as it was given
  open: Case | null = null;
  cases: Case[];
  stored: Stored | null = null;
  results: Results | null = null;
  failed = 0;
  busy = false;
  complaint: string | null = null;
  token = 0; // of the question that counts
  private glances = new Map<Case, Promise<Glance | null>>();

  constructor(readonly data: PageData, readonly engine: Engine | null, readonly state: State) {
    this.cases = data.cases ?? [];
    if (data.kind === 'report' && data.results && data.scenario && data.tables) {
      this.tables = data.tables;
      this.scenario = data.scenario;
      this.stored = new Stored(data.results);
      this.results = this.stored;
      this.open = { name: `${data.scenario.id}.cfg`, text: data.scenario.text, given: data.given ?? '' };
    }
  }

  /** Is anything not as the case has it? */
  get isChanged(): boolean {
    return [this.state.rates, this.state.sets, this.state.levers].some((choices) => Object.keys(choices).length > 0);
  }

  get isReport(): boolean {
    return this.stored !== null;
  }

  async begin(): Promise<void> {
    if (this.isReport) return;
    if (this.data.tables) {
      this.tables = this.data.tables;
      return;
    }
    this.tables = (await this.engine!.ask<{ tables: Tables }>({ ask: 'tables' })).tables;
  }

  async read(name: string, text: string, set: string[] = [], rate: string[] = []): Promise<ReadAnswer> {
    return this.engine!.ask<ReadAnswer>({ ask: 'read', name, text, set, rate, lang: lang() });
  }

  /** Opens a case; what is wrong with it comes back. */
  async take(one: Case): Promise<{ messages: Message[]; error: string | null }> {
    const answer = await this.read(one.name, one.text);
    if (!answer.scenario) return { messages: answer.messages ?? [], error: answer.error ?? '' };
    this.open = one;
    this.scenario = answer.scenario;
    this.results = null;
    this.token++;
    return { messages: answer.messages ?? [], error: null };
  }

  // ---- what is asked ----

  get levers(): Lever[] {
    const own = ownLevers(this.scenario?.strategies ?? []);
    return [...own, ...library.filter((lever) => !own.some((mine) => mine.id === lever.id))];
  }

  /** Those that act on the clinic that is looked at. */
  get offered(): Lever[] {
    const strategies = this.scenario?.strategies ?? [];
    return this.levers.filter((lever) => lever.text !== null || strategies.find((s) => s.id === lever.id)?.where.includes(this.state.clinic));
  }

  chosen(): Lever[] {
    return this.offered.filter((lever) => lever.id in this.state.levers);
  }

  /** What a file that was saved here says of strategies: those of its arm "what-if" that the other does not have. */
  whatIf(): Record<string, number | null> {
    const scenario = this.scenario!;
    const arm = scenario.arms.find((one) => one.id === 'what-if');
    const before = scenario.arms[scenario.reference]?.on ?? [];
    const chosen = (arm?.on ?? []).filter((i) => !before.includes(i)).flatMap((i) => scenario.strategies[i] ?? []);
    return Object.fromEntries(chosen.map((s) => [s.id, s.at >= 0 ? s.at : null]));
  }

  private changes(): { set: string[]; rate: string[] } {
    const rate = Object.entries(this.state.rates).map(([key, value]) =>
      `${key}=${value === null ? '("triangular", -1.0, 0.0, 1.0)' : value}`);
    return { set: Object.entries(this.state.sets).map(([path, value]) => `${path}=${value}`), rate };
  }

  private compareSets(): string[] {
    const scenario = this.scenario!;
    const own = itemsOf(scenario.text, 'strategies');
    const clinic = scenario.clinics[this.state.clinic];
    const chosen = this.chosen();
    const items = this.levers
      .filter((lever) => lever.text === null || chosen.includes(lever))
      .map((lever) => leverItem(lever, own, this.state.levers[lever.id] ?? null, clinic ? [clinic] : []));
    const before = (scenario.arms[scenario.reference]?.on ?? []).map((i) => scenario.strategies[i]?.id ?? '');
    const after = [...new Set([...before, ...chosen.map((lever) => lever.id)])];
    const list = (ids: string[]): string => `[${ids.map((id) => `"${id}"`).join(', ')}]`;
    return [
      `strategies=(${items.join(', ')})`,
      `arms=({ id = "as-it-is"; title: { en = "As it is"; fr = "Tel quel"; }; reference = true; on = ${list(before)}; }, ` +
        `{ id = "what-if"; title: { en = "What if"; fr = "Et si"; }; on = ${list(after)}; })`,
    ];
  }

  question(purpose: Purpose): RunQuestion {
    const scenario = this.scenario!;
    const { set, rate } = this.changes();
    const reference = scenario.arms[scenario.reference]?.id ?? '';
    if (purpose === 'compare' && this.chosen().length > 0) set.push(...this.compareSets());
    else if (scenario.arms.length > 1) set.push(`arms=["${reference}"]`);
    return { name: this.open!.name, text: this.open!.text, set, rate };
  }

  /** The scenario as it stands, changes and all: what `Save` writes. */
  async text(): Promise<string> {
    const { set, rate } = this.changes();
    if (this.chosen().length > 0) set.push(...this.compareSets());
    const answer = await this.read(this.open!.name, this.open!.text, set, rate);
    if (!answer.scenario) throw new Error(answer.error ?? answer.messages?.map((message) => message.text).join(' ') ?? '');
    return answer.scenario.text;
  }

  // ---- runs, a few at once, then more ----

  stop(): void {
    this.token++;
    this.busy = false;
  }

  /** Simulates until enough is known or something else is asked; `show` after every stage. Resolves when it ends. */
  async run(purpose: Purpose, show: (stage: number) => void): Promise<void> {
    const mine = ++this.token;
    const question = this.question(purpose);
    const gathered = new Gathered(this.tables.outcomes.map((outcome) => outcome.id));
    const stages = fit(this.scenario!.clinics.length, this.data.kind === 'serve');
    const finish = (stage: number, complaint: string | null): void => {
      this.complaint = complaint;
      this.busy = complaint === null && stage !== stages.at(-1);
      if (complaint === null) this.results = gathered;
      this.failed = gathered.failed;
      show(stage);
    };
    this.busy = true;
    this.complaint = null;
    const parts = this.partsOf(stages);
    const whole = (stage: number): void => finish(stage, null);
    const atOnce = parts.findIndex(({ stage }) => stage === stages[2]);
    let complaint = await this.gather(question, atOnce < 0 ? parts : parts.splice(0, atOnce), gathered, mine, whole);
    if (complaint === null && atOnce >= 0) {
      await new Promise((resolve) => setTimeout(resolve, REST)); // a hand that still moves the slider waits for nobody
      complaint = await this.gather(question, parts, gathered, mine, whole);
    }
    if (complaint !== null && mine === this.token) finish(gathered.runs, complaint);
  }

  /** Draws `from` .. `to` - 1, in the order they are wanted. A question that is asked cannot be taken back: behind the picture none is long. */
  private partsOf(stages: number[]): Part[] {
    const { width } = this.engine!;
    return stages.flatMap((stage, i) => {
      const from = stages[i - 1] ?? 0;
      const size = Math.max(1, Math.min(stage <= 100 || width === 1 ? 40 : 10, Math.ceil((stage - from) / width)));
      return Array.from({ length: Math.ceil((stage - from) / size) }, (_, k) => ({ from: from + k * size, to: Math.min(stage, from + (k + 1) * size), stage }));
    });
  }

  /** Asks for the parts, shared among those who answer; each is asked for the next before its answer is looked at. Null, or what the
   * engine complains of. */
  private async gather(question: RunQuestion, parts: Part[], into: Gathered, mine: number, whole: (stage: number) => void): Promise<string | null> {
    const left = new Map<number, number>();
    for (const { stage } of parts) left.set(stage, (left.get(stage) ?? 0) + 1);
    let complaint: string | null = null;
    const ask = (part: Part): Promise<Answer & { error?: string }> =>
      this.engine!.ask({ ask: 'run', ...question, draws: [part.from, part.to], replications: 1, series: watched, lang: lang() });
    const next = (): Part | undefined => (mine === this.token && complaint === null ? parts.shift() : undefined);
    const work = async (): Promise<void> => {
      let part = next();
      let pending = part && ask(part);
      while (part && pending) {
        const answer = await pending;
        const done = part;
        if (answer.error !== undefined) complaint = answer.error;
        part = next();
        pending = part && ask(part);
        if (complaint !== null || mine !== this.token) continue;
        into.add(done.from, answer);
        left.set(done.stage, (left.get(done.stage) ?? 0) - 1);
        if (left.get(done.stage) === 0) whole(done.stage);
      }
    };
    await Promise.all(Array.from({ length: this.engine!.width }, work));
    return complaint;
  }

  /** Outcomes of another case's clinics, and how many still go on each week; computed once for the page. */
  glance(one: Case): Promise<Glance | null> {
    let found = this.glances.get(one);
    if (!found) this.glances.set(one, (found = this.look(one, 60)));
    return found;
  }

  private async look(one: Case, runs: number): Promise<Glance | null> {
    const read = await this.read(one.name, one.text);
    if (!read.scenario) return null;
    const { arms, reference, clinics } = read.scenario;
    if (clinics.length > MOST_BESIDE) return { scenario: read.scenario, results: null };
    const gathered = new Gathered(this.tables.outcomes.map((outcome) => outcome.id));
    const answer = await this.engine!.ask<Answer & { error?: string }>({
      ask: 'run', name: one.name, text: one.text, rate: [], set: arms.length > 1 ? [`arms=["${arms[reference]?.id ?? ''}"]`] : [],
      draws: [0, runs], replications: 1, series: ['active'], lang: lang() });
    if (answer.error !== undefined) return null;
    gathered.add(0, answer);
    return { scenario: read.scenario, results: gathered };
  }

  leverName(lever: Lever): string {
    return pick(lever.words);
  }
}
