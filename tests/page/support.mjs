// What the tests of the page share: a real browser, `ok - ` lines, the program.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const top = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
export const milieu = process.env.MILIEU ?? path.join(top, 'build/milieu');
export const work = mkdtempSync(path.join(tmpdir(), 'milieu-page-'));
const require = createRequire(path.join(top, 'build/page/npm/package.json'));
const { chromium } = require('playwright-core');
export const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const scenarios = ['case-a', 'case-b', 'case-c', 'case-d', 'baseline'].map((name) => path.join(top, `scenarios/${name}.cfg`));

let failed = 0;

/** With ONLY in the environment, those whose name it matches. */
export async function test(what, body) {
  if (process.env.ONLY && !new RegExp(process.env.ONLY).test(what)) return;
  try {
    const note = await body();
    console.log(note?.skip ? `skip - ${what}: ${note.skip}` : `ok - ${what}${typeof note === 'string' ? ` (${note})` : ''}`);
  } catch (error) {
    failed++;
    console.log(`not ok - ${what}\n    ${String(error?.stack ?? error).split('\n').slice(0, 12).join('\n    ')}`);
  }
}

export const end = () => process.exit(failed === 0 ? 0 : 1);

export function assert(condition, message) {
  if (!condition) throw new Error(message);
}

export function run(...args) {
  return execFileSync(milieu, args, { cwd: work, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 }).toString();
}

export const runJson = (...args) => JSON.parse(run('run', ...args, '--json', '--no-output'));
export const start = (...args) => spawn(milieu, args, { cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });

export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** A page that remembers every request and every complaint. */
export async function open(url, options = {}, ready = true) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'fr-CA', ...options });
  const page = await context.newPage();
  const seen = { requests: [], complaints: [], dialogs: 0 };
  page.on('request', (request) => {
    if (request.url() !== url.split('#')[0] && !/^(blob|data):/.test(request.url())) seen.requests.push(request.url());
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on('pageerror', (error) => seen.complaints.push(error.message));
  page.on('dialog', (dialog) => { seen.dialogs++; void dialog.dismiss(); });
  await page.goto(url);
  if (ready) await page.locator('html[data-ready]').waitFor({ state: 'attached', timeout: 30000 });
  return { page, seen, close: () => context.close() };
}

/** Waits until what was asked is answered whole, and returns the numbers. */
export async function numbers(page, arm = 0, clinic = 0) {
  for (let i = 0; i < 600; i++) {
    const found = await page.evaluate(([a, c]) => window.milieu.numbers(a, c), [arm, clinic]);
    if (found) return found;
    await page.waitForTimeout(100);
  }
  throw new Error('no numbers after a minute');
}

export const stage = (page, runs) => page.locator(`html[data-stage${runs}]`).waitFor({ state: 'attached', timeout: 60000 });
