import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GUIDES } from '../src/cli/help/guides.js';
import { root } from './support/cli.js';
import { startFakeProvider } from './support/fake-provider.js';
import { blocksOf, expectBlocksToHold, guidePath, page } from './support/guides.js';

/** Where Ollama listens. */
const OWN_SERVER = 'http://localhost:11434/v1';

const PAGES = ['README.md', ...GUIDES.map(({ name }) => guidePath(name))].map((path) => ({
  path,
  text: page(path),
}));

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\`\`\`\n`;
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(path: string): readonly string[] {
  const prose = page(path).replace(/^```[^]*?^```$/gm, '');
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** The recipes of a page: a job, how it is done here, and how in jq. */
function recipesIn(text: string): readonly string[] {
  const block = blocksOf(text).find((one) => one.text.includes('\n  colloquium  '))?.text ?? '';
  return block.trimEnd().split('\n\n');
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
      [...text.matchAll(/(?:\]\(|src(?:set)?=\")(?!https?:)([^)#\"]*)#?([^)\"]*)[)\"]/g)].flatMap(
        ([link, file = '', anchor = '']) => {
          const target = file === '' ? path : join(dirname(path), file);
          const holds = existsSync(join(root, target)) && (anchor === '' || anchorsOf(target).includes(anchor));
          return holds ? [] : [`${path}: ${link}`];
        },
      ),
    );
    expect(broken).toEqual([]);
  });

  it('label rows at a server of your own, as they show it', async () => {
    const fake = await startFakeProvider({ wire: 'openai-compatible', isOpen: true });
    const shown = blocksOf(page('README.md')).find(({ text }) => text.includes(OWN_SERVER))?.text ?? '';
    const said =
      '{"text":"Great tea, I will be back.","label":"good"}\n{"text":"The cup broke on day one.","label":"good"}\n';
    await expectBlocksToHold(`${fenced('sh', shown.replace(OWN_SERVER, fake.url))}\n${fenced('output', said)}`);
    expect(fake.records.map(({ call }) => call.model)).toEqual(['llama3.2', 'llama3.2']);
    await fake.close();
  });

  it('agree on recipes', () => {
    const [readme, recipes] = ['README.md', guidePath('recipes')].map((path) => recipesIn(page(path)));
    expect(readme).toHaveLength(8);
    expect(readme?.filter((recipe) => !recipes?.includes(recipe))).toEqual([]);
    expect(page('README.md')).toContain(`of ${recipes?.length} [recipes]`);
  });

  it('have one picture in two colours', () => {
    const [light, dark] = ['light', 'dark'].map((colours) => page(`.github/flow-${colours}.svg`));
    const form = (svg = ''): string => svg.replace(/#[0-9a-f]{6}/g, '');
    expect(form(light)).toBe(form(dark));
    expect(light).not.toBe(dark);
  });

  it('are all known', () => {
    const files = readdirSync(join(root, 'src/cli/help')).filter((name) => name.endsWith('.md'));
    expect(files.sort()).toEqual(GUIDES.map(({ name }) => `${name}.md`).sort());
  });
});
