import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/index.js';
import { GUIDES } from '../../../src/cli/help/guides.js';
import { roffGuide } from '../../../src/cli/help/roff.js';
import { packageFolder, runCli } from '../../support/cli.js';
import { guide } from '../../support/guides.js';

const file = join(packageFolder, 'dist/man/colloquium.1');
const noMan = spawnSync('man', ['--version']).error !== undefined;

/** What `man` shows, without the codes for bold. */
function shown(): { readonly text: string; readonly warnings: string } {
  const env = { ...process.env, MANWIDTH: '100', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' };
  const { stdout, stderr } = spawnSync('man', ['--warnings=w', '-l', file], {
    encoding: 'utf8',
    env,
    maxBuffer: 64 << 20,
  });
  return { text: stdout.replace(/.\u0008/g, ''), warnings: stderr };
}

describe('the manual page', () => {
  it('is where man looks for it, once the package is installed', () => {
    const link = join(packageFolder, '../../../share/man/man1/colloquium.1');
    expect(readFileSync(link, 'utf8')).toBe(readFileSync(file, 'utf8'));
  });

  it('is in the package, as `colloquium help --man` prints it', async () => {
    const { stdout, exit } = await runCli(['help', '--man']);
    expect(exit).toBe(0);
    expect(stdout).toBe(readFileSync(file, 'utf8'));
  });

  it.skipIf(noMan)('is rendered without a warning, and has every command and every guide', () => {
    const { text, warnings } = shown();
    // A word that is longer than a line is no fault of the page.
    expect(warnings.split('\n').filter((line) => line !== '' && !line.includes("can't break line"))).toEqual([]);
    for (const { name, hidden } of COMMANDS) {
      if (hidden !== true) expect(text).toMatch(new RegExp(`^ +colloquium ${name}$`, 'm'));
      else expect(text).not.toContain(name);
    }
    for (const { name } of GUIDES) expect(text).toMatch(new RegExp(`^${name.toUpperCase()}$`, 'm'));
    expect(text).toMatch(/^ +-e, --eval <computo>$/m);
    expect(text).toMatch(/^ +colloquium journal prune$/m);
  });

  it.skipIf(noMan)('loses no word of a guide, and shows what is to be typed as it is', () => {
    const { text: page } = shown();
    for (const { name } of GUIDES) {
      const words = (of: string): string[] => of.match(/[a-z]{4,}/g) ?? [];
      // Of a table with two columns the head is not needed.
      const text = guide(name).replace(/\]\([^)]*\)|<[^>]*>|^```\w+|^# .*|^\|.*\n(?=\| -)/gm, '');
      const own = words(text);
      expect(own.filter((word) => !page.includes(word))).toEqual([]);
    }
    expect(page).toContain('regex.capture(/m, "user=(?<u>\\\\w+)');
    expect(page).toContain("colloquium -e '{/id, who: /user/name}' tweets.ndjson");
  });
});

describe('a guide as a manual page', () => {
  it.each([
    ['- one\n  - two', '.IP \\(bu 2\none\n.RS 2\n.IP \\(bu 2\ntwo\n.RE'],
    ['## A\n\n### A `b`\n\nc', '.SS "A"\n.PP\n\\fBA b\\fR\n.PP\nc'],
    ['Take `--in` and **never**\n', '.PP\nTake \\fB\\-\\-in\\fR and \\fBnever\\fR'],
    ['.starts with a dot and has a \\n\n', '.PP\n\\&.starts with a dot and has a \\en'],
    ['```sh\n.a -b\n```', '.PP\n.RS 4\n.nf\n\\&.a \\-b\n.fi\n.RE'],
    ['| a | b |\n| - | - |\n| `x \\| y` | z |', '.TP\n\\fBx | y\\fR\nz'],
    ['See [the guide](./ai.md#x), [here](#there)', '.PP\nSee the guide (see ai), here'],
  ])('%j', (markdown, expected) => {
    expect(roffGuide(`# Title\n\n${markdown}`, 'T')).toBe(`.SH "T"\n${expected}`);
  });
});
