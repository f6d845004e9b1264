// pictures.mjs CLINIC.html FOLDER: what the README shows of each screen.
import path from 'node:path';
import { browser, numbers, open } from './support.mjs';

const [file, folder] = process.argv.slice(2);
const screens = {
  start: '',
  clinic: '&case=case-c.cfg&screen=clinic&rate=clinic-c/medical_leadership:1',
  compare: '&case=case-c.cfg&screen=compare&with=physician-champion:8',
  clinics: '&screen=clinics',
};
for (const [name, fragment] of Object.entries(screens)) {
  const { page, close } = await open(`file://${path.resolve(file)}#lang=en${fragment}`, { viewport: { width: 1200, height: name === 'start' ? 740 : 900 } });
  if (name === 'clinics') await page.locator('.panel.picture svg').nth(1).waitFor({ timeout: 60000 });
  else if (name === 'start') await page.locator('.spark').nth(4).waitFor({ timeout: 60000 });
  else await numbers(page);
  await page.screenshot({ path: path.join(folder, `page-${name}.png`) });
  await close();
}
await browser.close();
