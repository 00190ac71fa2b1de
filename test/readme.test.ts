import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GUIDES } from '../src/cli/help/guides.js';
import { root } from './support/cli.js';
import { blocksOf, expectBlocksToHold, guidePath } from './support/guides.js';

const PAGES = ['README.md', ...GUIDES.map(({ name }) => guidePath(name))].map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}));

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(path: string): readonly string[] {
  const prose = readFileSync(join(root, path), 'utf8').replace(/^```[^]*?^```$/gm, '');
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('the README and the guides', () => {
  // Many commands one after the other, on a machine that may be slow.
  it.each(PAGES)(
    '$path shows only what happens: its shell blocks run in order, and print what it says they print',
    async ({ text }) => {
      await expectBlocksToHold(text);
    },
    300_000,
  );

  it('have shell blocks at all', () => {
    const runnable = PAGES.flatMap(({ text }) => blocksOf(text)).filter(({ language }) => language === 'sh');
    expect(runnable.length).toBeGreaterThan(20);
  });

  it('link to pages and headings that are there', () => {
    const broken = PAGES.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)].flatMap(([link, file = '', anchor = '']) => {
        const target = file === '' ? path : join(dirname(path), file);
        const holds = existsSync(join(root, target)) && (anchor === '' || anchorsOf(target).includes(anchor));
        return holds ? [] : [`${path}: ${link}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('are all known: the README lists each guide with what it is about', () => {
    const files = readdirSync(join(root, 'src/cli/help')).filter((name) => name.endsWith('.md'));
    expect(files.sort()).toEqual(GUIDES.map(({ name }) => `${name}.md`).sort());
    const rows = [...(PAGES[0]?.text ?? '').matchAll(/^\| \[([\w-]+)\]\(([^)]*)\) *\| (.*?) *\|$/gm)].map((row) =>
      row.slice(1),
    );
    expect(rows).toEqual(GUIDES.map(({ name, summary }) => [name, guidePath(name), summary]));
  });
});
