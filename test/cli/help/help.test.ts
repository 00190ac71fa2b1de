import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GUIDES } from '../../../src/cli/help/guides.js';
import { styled } from '../../../src/cli/help/styled.js';
import { PLAIN } from '../../../src/config/diagnostic/index.js';
import { bin, packageFolder, runCli, scratch } from '../../support/cli.js';
import { guide } from '../../support/guides.js';

describe('colloquium help', () => {
  it('prints a guide in a pipe as it is, also where a command has its name', async () => {
    const { stdout, exit } = await runCli(['help', 'serve']);
    expect([stdout, exit]).toEqual([guide('serve'), 0]);
  });

  it('has every guide in the package', () => {
    expect(readdirSync(join(packageFolder, 'dist/help')).sort()).toEqual(GUIDES.map(({ name }) => `${name}.md`).sort());
  });

  it('lists guides and commands', async () => {
    const { stdout, exit } = await runCli(['help']);
    expect(exit).toBe(0);
    for (const { name, summary } of GUIDES) expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
    expect(stdout).toMatch(/^ {2}replay +Read the stored log/m);
  });

  it('says of a command what its --help says', async () => {
    const [help, flag] = await Promise.all([runCli(['help', 'check']), runCli(['check', '--help'])]);
    expect([help.stdout, help.exit]).toEqual([flag.stdout, 0]);
  });

  it('names a topic that is meant where there is none', async () => {
    const { stderr, exit } = await runCli(['help', 'recipe']);
    expect(stderr).toContain('there is no help on "recipe"');
    expect(stderr).toContain('did you mean "recipes"?');
    expect(exit).toBe(2);
  });
});

describe('a guide on a terminal', () => {
  const shown = (pager: string): string =>
    spawnSync('script', ['-qec', `${process.execPath} ${bin} help exit-codes`, '/dev/null'], {
      cwd: scratch(),
      encoding: 'utf8',
      env: { ...process.env, PAGER: pager, NO_COLOR: '1' },
    }).stdout.replaceAll('\r', '');

  it('goes through the pager', () => {
    expect(shown("sed 's/^/| /'")).toMatch(/^\| Exit codes\n\| \n/);
  });

  it.each(['', 'cat', 'no-such-pager 2>&1 | cat >&2; exit 127'])('is printed without one: PAGER=%j', (pager) => {
    expect(shown(pager)).toContain('Exit codes\n\n');
  });

  it.each(GUIDES)(
    '$name: prose and tables fit 80 columns, but for words that are longer, and no word is lost',
    ({ name }) => {
      const shown = styled(guide(name), 80, PLAIN);
      const wide = shown
        .split('\n')
        .filter((line) => line.length > 80 && !line.startsWith('    ') && line.trim().includes(' '));
      expect(wide).toEqual([]);
      const words = (text: string): string[] => text.match(/[a-z]{4,}/g) ?? [];
      const missing = words(guide(name).replace(/\]\([^)]*\)|<[^>]*>|^```\w+/gm, '')).filter(
        (word) => !shown.includes(word),
      );
      expect(missing).toEqual([]);
    },
  );
});
