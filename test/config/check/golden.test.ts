import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  checkPaths,
  FINDING_CODES,
  maskSecrets,
  renderDiagnostic,
  type Diagnostic,
} from '../../../src/config/index.js';
import { folderWith } from '../folder.js';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/config/check', import.meta.url));

/** A fixture is a folder with a config, or with a script of its own. */
async function checkFixture(name: string): Promise<readonly Diagnostic[]> {
  return checkFolder(join(FIXTURES, name));
}

async function checkFolder(folder: string): Promise<readonly Diagnostic[]> {
  const file = readdirSync(folder).find((entry) => /^(?:colloquium|script)\./.test(entry));
  if (file === undefined) throw new Error(`${folder} has neither a config nor a script`);
  const isPriced = (model: string): boolean => model === 'priced-by-table';
  return (await checkPaths([join(folder, file)], { env: {}, home: '/home/someone', isPriced })).diagnostics;
}

const shown = (folder: string, findings: readonly Diagnostic[]): string =>
  findings
    .map(
      (finding) => `${renderDiagnostic(finding, { showFile: (file) => relative(folder, file), mask: maskSecrets })}\n`,
    )
    .join('\n')
    .replaceAll(FIXTURES, '…');

const names = readdirSync(FIXTURES);
const findingsOf = new Map(await Promise.all(names.map(async (name) => [name, await checkFixture(name)] as const)));

describe('what check says', () => {
  it.each(names)('about %s', async (name) => {
    const findings = findingsOf.get(name) ?? [];
    await expect(shown(join(FIXTURES, name), findings)).toMatchFileSnapshot(join(FIXTURES, name, 'expected.txt'));
    const code = FINDING_CODES.map((known) => known.code).find(
      (known) => name === known || name.startsWith(`${known}-`),
    );
    if (code !== undefined) expect(findings.map((finding) => finding.code)).toContain(code);
  });

  it('shows no secret', () => {
    const all = [...findingsOf].map(([name, findings]) => shown(join(FIXTURES, name), findings));
    expect(all.join('\n')).not.toMatch(/open-sesame|clear-as-day|Bearer-of/);
  });
});

/** What is too large to stand in a repository, and what is said of it. */
const MADE: Readonly<Record<string, { readonly text: string; readonly expected: string }>> = {
  'file-too-large': {
    text: ' '.repeat(16 * 1024 * 1024 + 1),
    expected: 'script.json:1:1 error file-too-large: …/script.json is larger than 16 MiB\n',
  },
  'too-many-problems': {
    text: `[0,\n${'["oops"],\n'.repeat(1500)}0]`,
    expected:
      'script.json:1:1 warning too-many-problems: there may be more: these are the first 1000 problems\n' +
      '> 1 | [0,\n    | ^^^\n  2 | ["oops"],\n',
  },
};

describe('what check says of what is made here', () => {
  it.each(Object.entries(MADE))('about %s', async (code, { text, expected }) => {
    const folder = await folderWith({ 'script.json': text });
    const findings = (await checkFolder(folder)).filter((finding) => finding.code === code);
    expect(shown(folder, findings).replaceAll(folder, '…')).toBe(expected);
  });
});

describe('the reference of codes', () => {
  it('has a fixture for every code', () => {
    // Whose a config is, and whether it may run, is judged where one is found: see test/config/load/whose.test.ts.
    const ofFinding = ['foreign-config', 'program-config'];
    const shownSomewhere = [...names, ...Object.keys(MADE), ...ofFinding];
    expect(FINDING_CODES.map(({ code }) => code).filter((code) => !shownSomewhere.includes(code))).toEqual([]);
  });

  it('has every code that the fixtures raise', () => {
    const raised = new Set([...findingsOf.values()].flat().map(({ code }) => code));
    expect([...raised].filter((code) => !FINDING_CODES.some((known) => known.code === code))).toEqual([]);
  });
});
