// A figure: the picture, the same as a table, the same as a text; and out of the page as SVG and CSV.
import { button, download, h, newId, replace, svg } from './dom';
import { lang, word, type Key } from './words';

export interface Table {
  head: string[];
  rows: string[][];
}

export interface FigureContent {
  draw(width: number): SVGElement;
  table: Table;
  data?: Table; // for a spreadsheet, when the table is for eyes
  text: string;
}

export interface Figure {
  element: HTMLElement;
  show(content: FigureContent): void;
}

type Tab = 'picture' | 'table' | 'text';
const tabs: [Tab, Key][] = [['picture', 'tab_picture'], ['table', 'tab_table'], ['text', 'tab_text']];

export function tableElement(table: Table, caption: string): HTMLElement {
  const head = h('tr', {}, ...table.head.map((text) => h('th', { scope: 'col' }, text)));
  const rows = table.rows.map((row) =>
    h('tr', {}, ...row.map((text, i) => (i === 0 ? h('th', { scope: 'row' }, text) : h('td', {}, text)))));
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', {}, h('caption', {}, caption), h('thead', {}, head), h('tbody', {}, ...rows)));
}

/** As a spreadsheet of this language opens it: fr has semicolons, and a mark that says UTF-8. */
export function csvOf(table: Table): string {
  const separator = lang() === 'fr' ? ';' : ',';
  const safe = (text: string): string => {
    const plain = text.replace(/\u00a0|\u202f/g, ' ').replace(/−/g, '-');
    const inert = /^[=+@-]/.test(plain) && !/^[+-]?[\d.,]+$/.test(plain) ? `'${plain}` : plain; // no formula comes out of a title
    return /[";,\n]/.test(inert) ? `"${inert.replace(/"/g, '""')}"` : inert;
  };
  const lines = [table.head, ...table.rows].map((row) => row.map(safe).join(separator));
  return `${lang() === 'fr' ? '\ufeff' : ''}${lines.join('\r\n')}\r\n`;
}

/** The picture with its colours spelt out, on paper: a file of its own knows nothing of the page's style. */
export function svgText(picture: SVGElement): string {
  const copy = picture.cloneNode(true) as SVGElement;
  const light = h('i', { class: 'light' });
  document.body.append(light);
  const style = getComputedStyle(light);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.style.color = style.getPropertyValue('--ink').trim();
  copy.prepend(svg('rect', { width: '100%', height: '100%', fill: 'var(--paper)' }));
  const text = new XMLSerializer().serializeToString(copy).replace(/var\((--[\w-]+)\)/g, (_, name: string) => style.getPropertyValue(name).trim());
  light.remove();
  return text;
}

export function figure(title: string, fileName: string, more: Node[] = []): Figure {
  const id = newId('figure');
  let content: FigureContent | null = null;
  const panels = new Map<Tab, HTMLElement>();
  const buttons = new Map<Tab, HTMLButtonElement>();
  const choose = (tab: Tab): void => {
    for (const [name] of tabs) {
      const on = name === tab;
      buttons.get(name)?.setAttribute('aria-selected', String(on));
      buttons.get(name)?.setAttribute('tabindex', on ? '0' : '-1');
      panels.get(name)?.classList.toggle('shown', on);
    }
    if (tab === 'picture') redraw();
  };
  const redraw = (): void => {
    const panel = panels.get('picture');
    if (!panel || !content) return;
    const width = Math.max(260, Math.min(900, panel.clientWidth || element.clientWidth || 640));
    replace(panel, content.draw(width));
  };
  const arrow = (event: Event): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[(event as KeyboardEvent).key];
    const at = tabs.findIndex(([name]) => buttons.get(name) === event.target);
    const next = step === undefined || at < 0 ? undefined : tabs[(at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    choose(next[0]);
    buttons.get(next[0])?.focus();
  };
  for (const [tab, key] of tabs) {
    buttons.set(tab, h('button', { type: 'button', role: 'tab', id: `${id}-${tab}-tab`, 'aria-controls': `${id}-${tab}`,
      click: () => choose(tab), keydown: arrow }, word(key)));
    panels.set(tab, h('div', { role: 'tabpanel', id: `${id}-${tab}`, 'aria-labelledby': `${id}-${tab}-tab`, class: `panel ${tab}` }));
  }
  const saveSvg = (): void => {
    if (content) download(`${fileName}.svg`, 'image/svg+xml', svgText(content.draw(800)));
  };
  const saveCsv = (): void => {
    if (content) download(`${fileName}.csv`, 'text/csv;charset=utf-8', csvOf(content.data ?? content.table));
  };
  const element = h('figure', { class: 'figure' },
    h('figcaption', {}, h('h3', {}, title)),
    ...more,
    h('div', { class: 'bar' },
      h('div', { role: 'tablist', 'aria-label': title, class: 'tabs' }, ...buttons.values()),
      h('div', { class: 'save' }, button('CSV', saveCsv, { 'aria-label': `CSV : ${title}` }), button('SVG', saveSvg, { 'aria-label': `SVG : ${title}` }))),
    ...panels.values());
  choose('picture');
  let drawnAt = 0;
  new ResizeObserver(() => {
    if (element.clientWidth === drawnAt) return;
    drawnAt = element.clientWidth;
    redraw();
  }).observe(element);
  return {
    element,
    show(next: FigureContent): void {
      content = next;
      replace(panels.get('table') as HTMLElement, tableElement(next.table, title));
      replace(panels.get('text') as HTMLElement, h('p', {}, next.text));
      redraw();
    },
  };
}
