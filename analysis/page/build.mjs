// build.mjs OUT ENGINE: page.html, in three parts around what the program puts in between, and engine.html: the engine as the
// page carries it. Fails when a factor has no words, or a French text is set with plain spaces.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { build, transform } from 'esbuild';

const [out, engine] = process.argv.slice(2);
const options = { bundle: true, minify: true, write: false, target: 'es2022', format: 'iife', charset: 'utf8', legalComments: 'none', logLevel: 'warning' };
const bundle = async (entry) => (await build({ ...options, entryPoints: [entry] })).outputFiles[0].text;

// What stands in a script element ends at the first </script, and a comment may not begin there.
const inert = (text) => text.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');

function checkWords() {
  const words = readFileSync('src/words.ts', 'utf8');
  const factors = [...readFileSync(process.env.FACTORS, 'utf8').matchAll(/^X\((\w+),/gm)].map((match) => match[1]);
  const controls = readFileSync('src/controls.ts', 'utf8');
  const missing = factors.filter((id) => !new RegExp(`^  ${id}: control\\(`, 'm').test(controls));
  if (missing.length > 0) throw new Error(`controls.ts has no words for: ${missing.join(', ')}`);
  const french = [...words.matchAll(/\}?, (['"`])((?:\\.|(?!\1).)*)\1\],$/gm)].map((match) => match[2]);
  const spaced = french.filter((text) => /[^\u00a0][:;?!%»]|«[^\u00a0]/.test(text.replaceAll('${nb}', '\u00a0')));
  for (const file of ['levers', 'controls']) {
    const lines = readFileSync(`src/${file}.ts`, 'utf8').split('\n').filter((line) => /^ {4,}(\[|'|")/.test(line));
    spaced.push(...lines.filter((line) => /\p{L} [;:?!]/u.test(line)));
  }
  if (spaced.length > 0) throw new Error(`plain spaces before French punctuation:\n${spaced.join('\n')}`);
}

checkWords();
const script = inert(await bundle('src/main.ts'));
const style = (await build({ ...options, entryPoints: ['src/page.css'] })).outputFiles[0].text.trim();
const hash = `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
const page = readFileSync('page.html', 'utf8').replace('{{hashes}}', () => hash).replace('{{style}}', () => style).replace('{{script}}', () => script);
writeFileSync(`${out}/page.html`, page);

if (engine && existsSync(`${engine}/engine.js`)) {
  const glue = readFileSync(`${engine}/engine.js`, 'utf8');
  const worker = inert((await transform(`${glue}\n${await bundle('src/worker.ts')}`, { minify: true, charset: 'utf8', legalComments: 'none' })).code);
  const wasm = readFileSync(`${engine}/engine.wasm`).toString('base64');
  writeFileSync(`${out}/engine.html`, `<script type="text/plain" id="engine-script">${worker}</script>\n<script type="text/plain" id="engine-wasm">${wasm}</script>`);
}
