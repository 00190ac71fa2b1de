import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FINDING_CODES } from '../../../src/config/index.js';
import { root, runCli } from '../../support/cli.js';
import { folderWith } from '../folder.js';

const FIXTURES = join(root, 'fixtures/config/check');

/** Each a folder with a config, or with a script of its own. */
const names = readdirSync(FIXTURES);

/** A person is shown no more than a hundred findings at once. */
const FIXTURES_AT_ONCE = 8;

/**
 * What the program says about each of these folders, as if it had been started in there.
 *
 * @param mayBeCut whether there may be more than it shows
 */
async function check(
  folder: string,
  folders: readonly string[],
  mayBeCut = false,
): Promise<ReadonlyMap<string, string>> {
  const { stdout, stderr, exit } = await runCli(['check', ...folders.map((name) => fileIn(folder, name))], {
    cwd: folder,
    env: { HOME: '/home/someone' },
  });
  expect(stdout).toBe('');
  expect(exit, stderr).toBe(78);
  if (!mayBeCut) expect(stderr, 'check fewer at once').not.toMatch(/^… and \d+ more$/m);
  const said = new Map<string, string[]>(folders.map((name) => [name, []]));
  const findings = stderr.split(
    /^(?=[\w-]+\/\S+:\d+:\d+ (?:error|warning) |… and \d+ more$|colloquium: \d+ files? checked)/m,
  );
  for (const finding of findings) {
    const name = finding.slice(0, finding.indexOf('/'));
    const inside = finding.replaceAll(new RegExp(`^( *)${name}/`, 'gm'), '$1');
    said.get(name)?.push(inside.replaceAll(`${folder}/`, '…/'));
  }
  return new Map([...said].map(([name, each]) => [name, each.join('\n')]));
}

function fileIn(folder: string, name: string): string {
  const file = readdirSync(join(folder, name)).find((entry) => /^(?:colloquium|script)\./.test(entry));
  if (file === undefined) throw new Error(`${name} has neither a config nor a script`);
  return join(name, file);
}

describe('what check says', () => {
  const said = new Map<string, string>();
  beforeAll(async () => {
    for (let at = 0; at < names.length; at += FIXTURES_AT_ONCE) {
      for (const [name, text] of await check(FIXTURES, names.slice(at, at + FIXTURES_AT_ONCE))) said.set(name, text);
    }
  });

  it.each(names)('about %s', async (name) => {
    const text = said.get(name) ?? '';
    await expect(text).toMatchFileSnapshot(join(FIXTURES, name, 'expected.txt'));
    const code = FINDING_CODES.map((known) => known.code).find(
      (known) => name === known || name.startsWith(`${known}-`),
    );
    if (code !== undefined) expect(text).toMatch(new RegExp(`^\\S+ (?:error|warning) ${code}: `, 'm'));
  });

  it('shows no secret', () => {
    expect([...said.values()].join('\n')).not.toMatch(/open-sesame|clear-as-day|Bearer-of/);
  });
});

/** What is too large to stand in a repository, and what is said of it. */
const MADE: Readonly<Record<string, { readonly text: string; readonly expected: string }>> = {
  'file-too-large': {
    text: ' '.repeat(16 * 1024 * 1024 + 1),
    expected: 'script.json:1:1 error file-too-large: …/file-too-large/script.json is larger than 16 MiB\n',
  },
  'too-many-problems': {
    text: `[0,\n${'["oops"],\n'.repeat(1500)}0]`,
    expected:
      'script.json:1:1 warning too-many-problems: there may be more: these are the first 1000 problems\n' +
      '> 1 | [0,\n    | ^^^\n  2 | ["oops"],\n',
  },
};

it('check speaks of what is made here', async () => {
  const files = Object.entries(MADE).map(([code, { text }]) => [`${code}/script.json`, text] as const);
  const said = await check(await folderWith(Object.fromEntries(files)), Object.keys(MADE), true);
  for (const [code, { expected }] of Object.entries(MADE)) expect(said.get(code), code).toContain(expected);
});

it('has a fixture for every code that check gives', () => {
  // Whose a config is, and whether it may run, is judged where one is found: see test/config/load/whose.test.ts.
  // A secret is read when it is used: see test/config/plan/script-secrets.test.ts.
  const shownElsewhere = ['foreign-config', 'program-config', 'unreadable-secret'];
  const shownSomewhere = [...names, ...Object.keys(MADE), ...shownElsewhere];
  expect(FINDING_CODES.map(({ code }) => code).filter((code) => !shownSomewhere.includes(code))).toEqual([]);
});
