// "Where does this come from?": for every value its source and what it rests on.
import { button, h } from './dom';
import { tableElement } from './figure';
import type { Lab } from './lab';
import { label, unitWords, type Factor, type Parameter } from './model';
import { number } from './numbers';
import { stepWords } from './scale';
import { evidenceCounts } from './story';
import { capital, word, type Key } from './words';

export const evidenceMark = (evidence: Parameter['evidence']): HTMLElement =>
  h('span', { class: `evidence ${evidence}` }, word(`evidence_${evidence}` as Key));

/** The sentences of the documents that stand above a key in the file: "# [003] C "Negative medical leadership ..."". */
export function quotesFor(given: string, clinic: string, key: string): string[] {
  const lines = given.split('\n');
  const start = lines.findIndex((line) => line.includes(`id = "${clinic}"`));
  const quotes: string[] = [];
  lines.forEach((line, i) => {
    if (!new RegExp(`^\\s*\\w*:?\\s*\\{?\\s*${key}\\s*=`).test(line)) return;
    const above: string[] = [];
    for (let at = i - 1; at >= 0 && /^\s*(#|\w+ = [^{]*;\s*$)/.test(lines[at] ?? ''); at--) {
      const comment = /^\s*#\s?(.*)$/.exec(lines[at] ?? '');
      if (comment) above.unshift(comment[1] ?? '');
    }
    const text = above.join(' ').trim();
    const inOther = start >= 0 && i < start && lines.slice(i, start).some((l) => /^ {8}id = "/.test(l));
    if (/\[\d{3}\]/.test(text) && !inOther) quotes.push(text);
  });
  return [...new Set(quotes)];
}

export class Sources {
  private readonly dialog = h('dialog', { class: 'sources', 'aria-labelledby': 'sources-title' });

  constructor(public lab: Lab) {
    document.body.append(this.dialog);
  }

  private show(title: string, parts: (HTMLElement | null)[]): void {
    this.dialog.replaceChildren(
      h('h2', { id: 'sources-title' }, word('source_title')), h('h3', {}, title),
      ...parts.filter((part): part is HTMLElement => part !== null),
      h('div', { class: 'row' }, button(word('close'), () => this.dialog.close(), { class: 'main' })));
    this.dialog.showModal();
  }

  private part(key: Key, ...content: (Node | string)[]): HTMLElement {
    return h('div', { class: 'part' }, h('h4', {}, word(key)), h('div', {}, ...content));
  }

  private parameters(ids: string[]): HTMLElement {
    const known = this.lab.tables.parameters.filter((p) => ids.includes(p.id));
    return h('ul', {}, ...known.map((p) =>
      h('li', {}, `${capital(label(p))} `, evidenceMark(p.evidence), ` ${p.source}`)));
  }

  button(what: string, press: () => void): HTMLButtonElement {
    return button(word('where_from'), press, { class: 'source', 'aria-label': word('where_from_of', { what }) });
  }

  factor(factor: Factor, index: number, said: string): HTMLButtonElement {
    return this.button(label(factor), () => {
      const clinic = this.lab.scenario?.clinics[this.lab.state.clinic];
      const quotes = clinic ? quotesFor(this.lab.open?.given ?? '', clinic.id, factor.id) : [];
      const people = (clinic?.people ?? []).filter((person) => factor.id in person.ratings);
      this.show(capital(label(factor)), [
        this.part('source_case', said),
        quotes.length > 0 ? this.part('source_quote', h('ul', {}, ...quotes.map((text) => h('li', { lang: 'en' }, text)))) : null,
        people.length > 0 ? this.part('source_value', ...people.map((person) =>
          h('p', {}, `${word('changed_line', { what: capital(word(person.lead ? `${person.role}_lead` : person.role)), now: stepWords(factor.id, person.ratings[factor.id] ?? 0) })}`))) : null,
        this.part('source_documents', factor.source),
        this.part('source_construct', h('span', { lang: 'en' }, factor.cfir)),
        this.part('source_acts', this.parameters(factor.acts_on.map((link) => link.parameter))),
      ]);
      void index;
    });
  }

  outcome(id: string): HTMLButtonElement {
    const outcome = this.lab.tables.outcomes.find((o) => o.id === id);
    return this.button(outcome ? label(outcome) : id, () => {
      if (!outcome) return;
      this.show(capital(label(outcome)), [
        this.part('source_definition', h('span', { lang: 'en' }, outcome.definition), word('source_definition_note')),
        this.rests(), this.everything(),
      ]);
    });
  }

  parameter(id: string, said: () => string): HTMLButtonElement {
    const parameter = this.lab.tables.parameters.find((p) => p.id === id);
    return this.button(parameter ? label(parameter) : id, () => {
      if (parameter) this.show(capital(label(parameter)), [this.part('source_value', said()), this.part('evidence', evidenceMark(parameter.evidence), ` ${parameter.source}`)]);
    });
  }

  lever(name: string, changes: string): HTMLButtonElement {
    return this.button(name, () => this.show(name, [
      this.part('evidence', evidenceMark('assumed'), ` ${word('source_lever')}`),
      changes === '' ? null : h('details', {}, h('summary', {}, word('source_value')), h('code', {}, changes)),
    ]));
  }

  private rests(): HTMLElement {
    const counts = evidenceCounts(this.lab.tables);
    const values = Object.fromEntries(Object.entries(counts).map(([key, n]) => [key, number(n)]));
    return this.part('source_rests', word('source_rests_text', values));
  }

  private everything(): HTMLElement {
    const rows = this.lab.tables.parameters.map((p) =>
      [capital(label(p)), `${number(p.default, Math.abs(p.default) < 1 && p.default !== 0 ? 3 : 1)}${p.unit === '1' ? '' : ` ${unitWords(p.unit)}`}`, word(`evidence_${p.evidence}` as Key), p.source]);
    return h('details', {}, h('summary', {}, word('source_all')),
      tableElement({ head: [word('factor'), word('source_value'), word('evidence'), word('source_column')], rows }, word('source_all')));
  }
}
