// Builds the dashboard: one file with its script and its style sheet in it, so that the daemon serves nothing else.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { build } from 'esbuild';

/**
 * @param {string} folder of the page's sources
 * @param {string} file to write
 */
export async function buildPage(folder, file) {
  const options = {
    bundle: true,
    minify: true,
    write: false,
    target: ['chrome109', 'firefox115', 'safari16'],
    logLevel: 'warning',
  };
  const [script, style, html] = await Promise.all([
    build({ ...options, entryPoints: [`${folder}/main.ts`], format: 'iife' }),
    build({ ...options, entryPoints: [`${folder}/style.css`] }),
    readFile(`${folder}/index.html`, 'utf8'),
  ]);
  // Given as functions: `$` means something in a text that replaces another.
  const page = html
    .replace('/* style */', () => style.outputFiles[0].text.trim())
    .replace('/* script */', () => script.outputFiles[0].text.trim().replaceAll('</script', '<\\/script'));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, page);
}
