// The page in a real browser: what the report and the explorer promise.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assert, axe, end, numbers, open, run, runJson, scenarios, stage, start, test, top, work } from './support.mjs';

const explorer = path.join(work, 'clinic.html');
const report = path.join(work, 'report.html');
const caseC = path.join(top, 'scenarios/case-c.cfg');
run('explorer', ...scenarios, '-o', explorer);
run('run', path.join(top, 'scenarios/integrated-care.cfg'), '--draws', '40', '-o', path.join(work, 'cases.h5'));
run('report', path.join(work, 'cases.h5'), '-o', report);

const address = (file, fragment = '') => `file://${file}${fragment}`;
const explorerScreens = ['', '&case=case-c.cfg&screen=clinic', '&case=case-c.cfg&screen=compare&with=physician-champion:8', '&screen=clinics'];
const reportScreens = ['&screen=clinic', '&screen=compare&clinic=2', '&screen=clinics'];
const views = [...explorerScreens.map((screen) => [explorer, screen]), ...reportScreens.map((screen) => [report, screen])];
const nameOf = ([file, screen]) => `${path.basename(file, '.html')} ${/screen=(\w+)/.exec(screen)?.[1] ?? 'start'}`;

async function settled(page, screen) {
  if (/clinics/.test(screen)) await page.locator('.panel.picture svg').nth(1).waitFor({ timeout: 60000 });
  else if (/screen=/.test(screen)) await page.locator('.panel.picture svg').first().waitFor({ timeout: 60000 });
}

await test('both pages from a file: no request, nothing in the console, the policy forbids everything', async () => {
  for (const view of views) {
    const { page, seen, close } = await open(address(view[0], `#lang=fr${view[1]}`));
    await settled(page, view[1]);
    assert(seen.requests.length === 0, `${nameOf(view)} asked for ${seen.requests}`);
    assert(seen.complaints.length === 0, `${nameOf(view)}: ${seen.complaints.join('\n')}`);
    const policy = await page.locator('meta[http-equiv]').getAttribute('content');
    assert(/default-src 'none'/.test(policy) && /connect-src 'none'/.test(policy) && !/script-src[^;]*unsafe-inline/.test(policy), policy);
    await close();
  }
});

await test('a request is refused by the policy', async () => {
  const { page, seen, close } = await open(address(explorer));
  const refused = await page.evaluate(() => fetch('https://example.org/').then(() => false, () => true));
  assert(refused && seen.complaints.some((text) => /Content Security Policy/.test(text)), seen.complaints.join());
  await close();
});

for (const lang of ['fr', 'en'])
  for (const colorScheme of ['light', 'dark'])
    await test(`WCAG 2.1 AA by axe: every screen, ${lang}, ${colorScheme}`, async () => {
      for (const view of views) {
        const { page, close } = await open(address(view[0], `#lang=${lang}${view[1]}`), { colorScheme, bypassCSP: true });
        await settled(page, view[1]);
        await page.evaluate(axe);
        await page.evaluate(() => document.querySelectorAll('details').forEach((details) => details.setAttribute('open', '')));
        const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
        assert(violations.length === 0, `${nameOf(view)}: ${violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 150)} ${n.failureSummary?.slice(0, 200)}`).join(' | ')}`).join('\n')}`);
        assert((await page.locator('html').getAttribute('lang')) === lang, 'the language of the document');
        await close();
      }
    });

async function tabTo(page, wanted, most = 300) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((text) => {
      const e = document.activeElement === document.body ? null : document.activeElement;
      return [e?.textContent, e?.closest('label')?.textContent, e?.getAttribute('aria-label')].some((t) => t?.includes(text));
    }, wanted)) return;
  }
  throw new Error(`the keyboard does not reach "${wanted}"`);
}

await test('keyboard only: from the first screen to a saved comparison, which milieu check accepts', async () => {
  const { page, close } = await open(address(explorer, '#lang=en'));
  await tabTo(page, 'A sub-urban teaching clinic that stopped');
  await page.keyboard.press('Enter');
  await page.locator('#answer').waitFor();
  await tabTo(page, 'What if');
  await page.keyboard.press('Enter');
  await page.locator('#levers').waitFor();
  await tabTo(page, 'A physician champion');
  await page.keyboard.press('Space');
  await tabTo(page, 'Week it begins: A physician champion');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await page.locator('.strip', { hasText: 'from week 8' }).waitFor();
  await stage(page, 20);
  const download = page.waitForEvent('download');
  await page.evaluate(() => document.activeElement?.blur());
  await tabTo(page, 'Save (.cfg)');
  await page.keyboard.press('Enter');
  const saved = path.join(work, 'saved.cfg');
  await (await download).saveAs(saved);
  run('check', saved);
  const text = readFileSync(saved, 'utf8');
  assert(/at = 8;/.test(text), 'no week 8');
  assert(/id = "what-if"/.test(text), `no arm of it: ${text.slice(-300)}`);
  await close();
});

// Limits are told for a machine that simulates 100 runs of case C and its arms natively, on one core, in 0.33 s: a slower one has more time. What
// else the machine does is looked at just before; where it is busy nothing is judged.
const slower = Math.max(1, Math.min(...[1, 2, 3].map(() => {
  const begun = performance.now();
  run('run', caseC, '--draws', '100', '--replications', '1', '-j', '1', '--no-output', '--json');
  return performance.now() - begun;
})) / 330);
// Within what is asked it passes; half as long again it fails; between the two it is told, and neither.
const judged = (found, asked, skip) => {
  const limit = asked * slower;
  assert(skip || found <= 1.5 * limit, `${found} ms, ${Math.round(limit)} asked`);
  return found <= limit ? `${found} ms; ${Math.round(limit)} asked` : { skip: `${found} ms, ${Math.round(limit)} asked${skip ? `; ${skip}` : ''}` };
};
const busy = async () => {
  const idle = () => readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  const before = idle();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const after = idle();
  const spent = after.map((n, i) => n - before[i]);
  const share = 1 - (spent[3] + spent[4]) / spent.reduce((a, b) => a + b);
  return share > 0.2 ? `${Math.round(100 * share)} % of the machine was busy before it` : null;
};

await test('engine ready within 500 ms', async () => {
  const skip = await busy();
  const times = [];
  for (let i = 0; i < 5; i++) {
    const { page, close } = await open(address(explorer, '#lang=fr'));
    times.push(Number(await page.locator('html').getAttribute('data-ready')));
    await close();
  }
  const worst = Math.max(...times);
  return judged(worst, 500, skip);
});

async function sliderTimes(page) {
  const slider = page.locator('[data-factor=medical_leadership]');
  const times = [];
  for (let i = 0; i < 24; i++) {
    await page.evaluate(() => delete document.documentElement.dataset.stage100);
    await slider.focus();
    await page.keyboard.press(i % 8 < 4 ? 'ArrowRight' : 'ArrowLeft');
    await stage(page, 100);
    if (i >= 4) times.push(Number(await page.locator('html').getAttribute('data-stage100')));
  }
  return times.sort((a, b) => a - b);
}

// The best of three rounds: what another process does for a second decides nothing.
await test('slider to redrawn picture, 100 runs of case C: p95 within 300 ms', async () => {
  const { page, close } = await open(address(explorer, '#lang=fr&case=case-c.cfg&screen=clinic'));
  await numbers(page);
  const skip = await busy();
  const rounds = [];
  const p95 = () => Math.min(...rounds.map((times) => times[Math.ceil(0.95 * times.length) - 1]));
  while (rounds.length < 3 && (rounds.length === 0 || p95() > 300 * slower)) rounds.push(await sliderTimes(page));
  await close();
  return judged(p95(), 300, skip);
});

function same(page, program, what) {
  for (const [id, theirs] of Object.entries(program)) {
    const ours = page[id];
    assert(ours.n === theirs.n, `${what} ${id}: ${ours.n} runs, not ${theirs.n}`);
    for (const key of theirs.n > 0 ? ['mean', 'sd', 'low', 'high'] : []) {
      const gap = Math.abs(ours[key] - theirs[key]) / Math.max(1e-12, Math.abs(theirs[key]));
      assert(gap <= 1e-9, `${what} ${id}.${key}: ${ours[key]}, not ${theirs[key]}`);
    }
  }
}

await test('numbers in the page are those of milieu run --json: as the case is, changed, and compared', async () => {
  const plan = ['--draws', '400', '--replications', '1'];
  const { page, close } = await open(address(explorer, '#lang=fr&case=case-c.cfg&screen=clinic'));
  same(await numbers(page), runJson(caseC, ...plan).arms[0].clinics[0].outcomes, 'as it is');
  await page.locator('[data-factor=medical_leadership]').focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(50);
  same(await numbers(page), runJson(caseC, ...plan, '--rate', 'clinic-c/medical_leadership=1').arms[0].clinics[0].outcomes, 'changed');
  await close();
  const other = await open(address(explorer, '#lang=fr&case=case-c.cfg&screen=compare&with=physician-champion:4'));
  const both = runJson(caseC, ...plan);
  same(await numbers(other.page, 1), both.arms.find((arm) => arm.id === 'champion').clinics[0].outcomes, 'compared');
  await other.close();
});

await test('the explorer is at most 1.5 MB', async () => {
  const size = statSync(explorer).size;
  assert(size <= 1.5e6, `${size}`);
  return `${(size / 1e6).toFixed(2)} MB`;
});

await test('the summary has at most 120 words in both languages, and no text is left open', async () => {
  for (const lang of ['fr', 'en'])
    for (const view of views) {
      const { page, close } = await open(address(view[0], `#lang=${lang}${view[1]}`));
      await settled(page, view[1]);
      const text = await page.locator('body').innerText();
      assert(!/undefined|NaN|\{\w+\}|\[object/.test(text), `${nameOf(view)}: ${/.{0,60}(undefined|NaN|\{\w+\}|\[object).{0,60}/.exec(text)?.[0]}`);
      for (const short of await page.locator('.short p').allInnerTexts())
        assert(short.trim().split(/\s+/).length <= 120, short);
      await close();
    }
});

await test('320 px wide, 200 % zoom, reduced motion, print: nothing is cut off', async () => {
  const cases = [[{ viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' }, null], [{ viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }, null],
    [{ viewport: { width: 700, height: 900 } }, 'print']];
  for (const [options, media] of cases)
    for (const view of views) {
      const { page, close } = await open(address(view[0], `#lang=fr${view[1]}`), options);
      await settled(page, view[1]);
      if (media) await page.emulateMedia({ media });
      const wide = await page.evaluate(() => {
        const inner = (e) => e.closest('.scroll') !== null && getComputedStyle(e.closest('.scroll')).overflowX === 'auto';
        const over = [...document.querySelectorAll('main *, header *, .bars *, footer *')].find((e) => {
          const box = e.getBoundingClientRect();
          return box.width > 0 && box.right > document.documentElement.clientWidth + 1 && !inner(e) && !e.closest('svg') && !e.closest('.unseen, .skip');
        });
        return over ? `${over.tagName} ${over.className} ${over.textContent?.slice(0, 60)}` : document.documentElement.scrollWidth > innerWidth + 1 ? 'the page' : null;
      });
      assert(wide === null, `${nameOf(view)} at ${options.viewport.width} ${media ?? ''}: ${wide}`);
      const cut = await page.evaluate(() => [...document.querySelectorAll('.panel.picture.shown svg')].flatMap((svg) => {
        const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].filter((text) => {
          const box = text.getBoundingClientRect();
          return box.width > 0 && (box.left < frame.left - 3 || box.right > frame.right + 3 || box.top < frame.top - 3);
        }).map((text) => text.textContent);
      }));
      if (!media) assert(cut.length === 0, `${nameOf(view)} at ${options.viewport.width}: cut off in a picture: ${cut.slice(0, 3).join(' | ')}`);
      if (media) assert((await page.pdf({ format: 'Letter' })).length > 10000, 'no PDF');
      await close();
    }
});

// ---- hostile files ----

const evil = '</script><script>alert(1)</script><img src=x onerror=alert(2)>&lt;b&gt;';
const hostile = readFileSync(caseC, 'utf8').replace(/title: \{ en = "[^"]*";\s*fr = "[^"]*"; \};/, `title: { en = "${evil}"; fr = "${evil}"; };`)
  .replaceAll('A physician champion', evil).replaceAll('Un médecin champion', evil).replace('C: teaching clinic, sub-urban', evil).replace("C : clinique d'enseignement, de banlieue", evil);

async function drop(page, name, text) {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
}

await test('a hostile scenario file: shown as text, in the explorer, dropped, and in a report', async () => {
  const file = path.join(work, 'hostile.cfg');
  writeFileSync(file, hostile.replace('extends = "presets/saguenay.cfg"', `extends = "saguenay.cfg"`));
  writeFileSync(path.join(work, 'saguenay.cfg'), readFileSync(path.join(top, 'scenarios/presets/saguenay.cfg')));
  run('explorer', file, '-o', path.join(work, 'hostile.html'));
  run('run', file, '--draws', '5', '-o', path.join(work, 'hostile.h5'));
  run('report', path.join(work, 'hostile.h5'), '-o', path.join(work, 'hostile-report.html'));
  for (const [html, fragment] of [['hostile.html', '#lang=en&screen=compare'], ['hostile-report.html', '#lang=en&screen=compare']]) {
    const { page, seen, close } = await open(address(path.join(work, html), fragment));
    await page.locator('h1', { hasText: '</script><script>alert(1)' }).waitFor();
    assert(seen.dialogs === 0 && seen.complaints.length === 0 && seen.requests.length === 0, JSON.stringify(seen));
    assert((await page.locator('main img, main script').count()) === 0, 'markup came out of a title');
    await close();
  }
  const { page, seen, close } = await open(address(explorer, '#lang=en'));
  await drop(page, evil.replaceAll('/', ''), hostile);
  await page.locator('h1', { hasText: 'alert(1)' }).waitFor();
  assert(seen.dialogs === 0 && (await page.locator('main img, main script').count()) === 0, 'executed');
  await close();
});

await test('files that are none are refused with their message: broken, binary, 10 MB', async () => {
  const { page, seen, close } = await open(address(explorer, '#lang=fr'));
  const told = async (name, text, words) => {
    await drop(page, name, text);
    const dialog = page.locator('dialog[open]');
    await dialog.waitFor();
    const said = await dialog.innerText();
    assert(words.test(said), said.slice(0, 500));
    await dialog.locator('button').click();
  };
  await told('broken.cfg', 'format = "milieu-scenario/1";\nid = "x";\nmesso: ();\n', /ligne 3.*messo[\s\S]*meso/);
  await told('syntax.cfg', 'format = ;;;{', /ligne 1/);
  await told('binary.cfg', 'a\u0000b', /texte/);
  await told('cases.h5', readFileSync(path.join(work, 'cases.h5')), /milieu serve cases\.h5/);
  await told('large.cfg', `# ${'x'.repeat(1e7)}\n`, /10,0 Mo/);
  assert(seen.complaints.length === 0, seen.complaints.join());
  await close();
});

await test('a fragment somebody tampered with does no harm', async () => {
  for (const fragment of ['#lang=xx&screen=nowhere&case=../../etc/passwd', '#rate=__proto__:2,x/y:9&set=a:b&with=%E0%A4%A', '#case=case-c.cfg&screen=clinic&series=constructor&clinic=99&rate=clinic-c/medical_leadership:2']) {
    const { page, seen, close } = await open(address(explorer, fragment));
    await page.locator('h1').waitFor();
    assert(seen.complaints.length === 0, `${fragment}: ${seen.complaints}`);
    await close();
  }
});

await test('what is chosen comes back by the address, by file, and is reset', async () => {
  const { page, close } = await open(address(explorer, '#lang=en&case=case-c.cfg&screen=clinic&rate=clinic-c/medical_leadership:1'));
  const slider = page.locator('[data-factor=medical_leadership]');
  assert((await slider.inputValue()) === '1' && (await slider.getAttribute('aria-valuetext')) === 'rather: champions it', 'the slider');
  await page.getByRole('button', { name: 'FR', exact: true }).click();
  assert((await slider.getAttribute('aria-valuetext'))?.includes('le défend'), 'in French');
  await page.locator('button', { hasText: 'Tout réinitialiser' }).click();
  assert((await slider.inputValue()) === '-2' && !/rate=/.test(page.url()), page.url());
  await close();
});

await test('the served page: answered by the program, with more runs; its address opens once', async () => {
  const server = start('serve', caseC, '--lang', 'en');
  const address = await new Promise((resolve) => {
    let said = '';
    server.stdout.on('data', (data) => {
      said += data;
      const found = /http:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    });
  });
  const { page, seen, close } = await open(address, { locale: 'en-CA' });
  same(await numbers(page), runJson(caseC, '--draws', '2000', '--replications', '1').arms[0].clinics[0].outcomes, 'served');
  const input = page.locator('input[type=file]');
  await input.setInputFiles(path.join(work, 'cases.h5'));
  await page.locator('h1', { hasText: 'Report: Integrated care' }).waitFor();
  const theirs = runJson(path.join(top, 'scenarios/integrated-care.cfg'), '--draws', '40').arms[1].clinics[2].outcomes;
  const ours = await numbers(page, 1, 2);
  same(ours, { reach: theirs.reach, active_at_horizon: theirs.active_at_horizon }, 'an opened results file');
  await input.setInputFiles({ name: 'broken.h5', mimeType: '', buffer: readFileSync(path.join(work, 'cases.h5')).subarray(0, 5000) });
  assert(/broken\.h5 cannot be used/.test(await page.locator('dialog[open]').innerText()), 'a torn file');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Back to the clinics' }).click();
  await page.locator('[data-factor=medical_leadership]').waitFor();
  assert(seen.complaints.length === 0 && seen.requests.every((url) => url.startsWith(address.split('#')[0])), JSON.stringify(seen));
  await close();
  const again = await open(address, { locale: 'en-CA' }, false);
  await again.page.locator('[role=alert]').waitFor();
  await again.close();
  server.kill('SIGINT');
  assert((await new Promise((resolve) => server.on('exit', resolve))) === 0, 'its end');
});

await test('each of the real cases on the first screen shows what becomes of it', async () => {
  const { page, close } = await open(address(explorer, '#lang=en'));
  await page.locator('.spark').nth(4).waitFor({ timeout: 60000 });
  const ends = (await page.locator('.spark-place .note').allInnerTexts()).map((text) => Number(/(\d+) of 100/.exec(text)[1]));
  assert(ends.length === 5 && ends[2] < Math.min(ends[0], ends[1], ends[3]), `${ends}`);
  await close();
});

await test('a strategy is dragged along the weeks, by mouse and by keys, and its list follows', async () => {
  const { page, close } = await open(address(explorer, '#lang=en&case=case-c.cfg&screen=compare&with=physician-champion:8'));
  await numbers(page);
  const handle = page.getByRole('slider', { name: 'On the line of weeks: A physician champion' });
  const week = async () => Number(await handle.getAttribute('aria-valuenow'));
  const list = page.getByRole('slider', { name: 'Week it begins: A physician champion' });
  await handle.scrollIntoViewIfNeeded();
  const line = await page.locator('.timeline .line').boundingBox();
  const from = await handle.boundingBox();
  await page.mouse.move(from.x + 2, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(line.x + line.width * 0.25, from.y + 8, { steps: 8 });
  await page.mouse.move(line.x + line.width * 0.5, from.y + 8, { steps: 8 });
  await page.mouse.up();
  assert(Math.abs((await week()) - 55) <= 2 && (await list.inputValue()) === String(await week()), `week ${await week()}, list ${await list.inputValue()}`);
  await handle.focus();
  const before = await week();
  await page.keyboard.press('ArrowLeft');
  assert((await week()) === before - 1 && page.url().includes(`physician-champion:${before - 1}`), page.url());
  assert(/week \d+ \(\w+ \d+, 201\d\)/.test(await handle.getAttribute('aria-valuetext')), await handle.getAttribute('aria-valuetext'));
  await page.keyboard.press('Delete');
  assert(!(await page.getByRole('checkbox', { name: 'A physician champion', exact: true }).isChecked()), 'still chosen');
  const chip = page.getByRole('button', { name: 'Add: Coaching and action learning' });
  const box = await chip.boundingBox();
  await page.mouse.move(box.x + 9, box.y + 9);
  await page.mouse.down();
  await page.mouse.move(line.x + line.width * 0.3, line.y + 10, { steps: 10 });
  await page.mouse.up();
  const coaching = Number(await page.getByRole('slider', { name: 'On the line of weeks: Coaching' }).getAttribute('aria-valuenow'));
  assert(Math.abs(coaching - 33) <= 2, `coaching at ${coaching}`);
  await close();
});

await test('saved in one screen and opened in another, a comparison comes back', async () => {
  const { page, close } = await open(address(explorer, '#lang=en&case=case-c.cfg&screen=clinic&rate=clinic-c/medical_leadership:0&with=physician-champion:8,coaching:20'));
  await numbers(page);
  assert(/The lead physician and the programme: in between/.test(await page.locator('.strip').innerText()), 'what was changed, in words');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save (.cfg)' }).click();
  const saved = path.join(work, 'my-clinic.cfg');
  const file = await download;
  assert(file.suggestedFilename() === 'my-clinic.cfg', file.suggestedFilename());
  await file.saveAs(saved);
  run('check', saved);
  await page.locator('input[type=file]').setInputFiles({ name: 'case-c.cfg', mimeType: 'text/plain', buffer: readFileSync(saved) });
  await page.locator('h1').waitFor();
  await page.waitForFunction(() => location.hash.includes('case-c%20(2).cfg'));
  await page.keyboard.press('Escape'); // its warnings
  assert(/with=.*physician-champion:8/.test(page.url()) && /coaching:20/.test(page.url()), page.url());
  await page.getByRole('button', { name: 'What if' }).click();
  assert(await page.getByRole('checkbox', { name: 'Coaching and action learning' }).isChecked(), 'not ticked');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  assert((await page.locator('.card').count()) === 6, 'the published case was replaced');
  await close();
});

await test('an address changes what the screen shows, and nothing else; a case it does not hold is told', async () => {
  const changed = await open(address(explorer, '#lang=en&case=case-c.cfg&screen=clinic&set=time.horizon:40,meso[clinic-c].provider.nurses:9&rate=clinic-z/trust:2'));
  assert(!/set=|rate=/.test(changed.page.url()), changed.page.url());
  await changed.close();
  const gone = await open(address(explorer, '#lang=en&case=mine.cfg&screen=clinic'));
  assert(/mine\.cfg/.test(await gone.page.locator('dialog[open]').innerText()), 'not told');
  await gone.page.keyboard.press('Escape');
  await gone.page.evaluate(() => { location.hash = '#lang=en&case=case-a.cfg&screen=clinic'; });
  await gone.page.locator('h1', { hasText: 'Case A' }).waitFor();
  await gone.close();
});

await test('the keyboard stays where it was: language, lists, strategies added and taken away, the tour', async () => {
  const { page, close } = await open(address(report, '#lang=en&screen=clinic'));
  const held = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.className || document.activeElement?.textContent);
  await page.locator('#lang-fr').focus();
  await page.keyboard.press('Enter');
  assert((await held()) === 'lang-fr', `language: ${await held()}`);
  await page.locator('#pick-clinic').focus();
  await page.keyboard.press('ArrowDown');
  assert((await held()) === 'pick-clinic', `clinic: ${await held()}`);
  await close();
  const other = await open(address(explorer, '#lang=en&case=case-c.cfg&screen=compare&with=physician-champion:8'));
  const where = () => other.page.evaluate(() => document.activeElement?.className);
  await other.page.getByRole('button', { name: 'Add: Coaching' }).focus();
  await other.page.keyboard.press('Enter');
  assert(/handle/.test(await where()), `added: ${await where()}`);
  await other.page.keyboard.press('Delete');
  assert(/handle|chip/.test(await where()), `taken away: ${await where()}`);
  await other.page.getByRole('button', { name: 'Tour in five steps' }).click();
  await other.page.getByRole('button', { name: 'Next' }).press('Enter');
  assert((await other.page.evaluate(() => document.activeElement?.closest('dialog') !== null)), 'the tour');
  await other.close();
});

await test('a report of many clinics shows the numbers of those it holds, and says how many these are', async () => {
  const many = path.join(work, 'many.cfg');
  writeFileSync(many, readFileSync(path.join(top, 'scenarios/baseline.cfg'), 'utf8').replace(/^    count = 1;/m, '    count = 30;').replace(/horizon = \d+;/, 'horizon = 52;'));
  run('run', many, '--draws', '4', '--replications', '1', '-o', path.join(work, 'many.h5'));
  run('report', path.join(work, 'many.h5'), '-o', path.join(work, 'many.html'));
  const { page, close } = await open(address(path.join(work, 'many.html'), '#lang=en&screen=clinic&clinic=25'));
  assert((await page.locator('#pick-clinic option').count()) === 24, 'the list');
  assert(/first 24 of 30/.test(await page.locator('.which').innerText()), await page.locator('.which').innerText());
  assert(/clinic=/.test(page.url()) === false, page.url());
  await close();
});

await test('both sides and their difference are over the same runs, as milieu compare has them', async () => {
  const { page, close } = await open(address(report, '#lang=en&screen=compare&arm=1&clinic=2'));
  const theirs = JSON.parse(run('compare', path.join(work, 'cases.h5'), '--json'));
  const rows = await page.locator('section.main table').last().locator('tbody tr').evaluateAll((trs) => trs.map((tr) => [...tr.children].map((cell) => cell.textContent)));
  const start = rows.find((row) => /^Start-up week/.test(row[0]));
  writeFileSync(path.join(work, 'compare.json'), JSON.stringify({ theirs, rows }));
  const [a, b, gap] = [1, 2, 3].map((i) => Number.parseFloat(start[i].replace('−', '-')));
  assert(Math.abs(b - a - gap) < 0.11, `${start}`);
  await close();
});

await test('a press on a cell of the map goes to its clinic', async () => {
  const { page, close } = await open(address(explorer, '#lang=en&screen=clinics'));
  await page.locator('.panel.picture rect.press').first().waitFor({ timeout: 60000 });
  await page.locator('.panel.picture rect.press').nth(2).click();
  await page.locator('h1', { hasText: 'Case C' }).waitFor();
  await close();
});

await test('every value says where it comes from, with the sentence it was read from', async () => {
  const { page, close } = await open(address(explorer, '#lang=en&case=case-c.cfg&screen=clinic'));
  await page.getByRole('button', { name: 'Source: stance of the lead physician' }).click();
  const said = await page.locator('dialog[open]').innerText();
  assert(/Negative medical leadership undermining/.test(said) && /assumed/.test(said), said);
  await close();
});

await test('the report says what the file says', async () => {
  const { page, close } = await open(address(report, '#lang=en&screen=clinic'));
  const program = runJson(path.join(top, 'scenarios/integrated-care.cfg'), '--draws', '40');
  const ours = await numbers(page, 1, 2);
  const theirs = program.arms[1].clinics[2].outcomes;
  const kept = Object.fromEntries(Object.entries(theirs).filter(([id]) => ['active_at_horizon', 'reach', 'ed_rate_ratio', 'discontinued', 'programme_cost'].includes(id)));
  same(ours, kept, 'report');
  await close();
});

end();
