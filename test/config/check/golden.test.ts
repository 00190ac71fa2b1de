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

const FIXTURES = fileURLToPath(new URL('../../../fixtures/config/check', import.meta.url));

/** A fixture is a folder with a config, or with a script of its own. */
async function checkFixture(name: string): Promise<readonly Diagnostic[]> {
  const folder = join(FIXTURES, name);
  const file = readdirSync(folder).find((entry) => /^(?:colloquium|script)\./.test(entry));
  if (file === undefined) throw new Error(`${name} has neither a config nor a script`);
  const isPriced = (model: string): boolean => model === 'priced-by-table';
  return (await checkPaths([join(folder, file)], { env: {}, home: '/home/someone', isPriced })).diagnostics;
}

const shown = (name: string, findings: readonly Diagnostic[]): string =>
  findings
    .map(
      (finding) =>
        `${renderDiagnostic(finding, { showFile: (file) => relative(join(FIXTURES, name), file), mask: maskSecrets })}\n`,
    )
    .join('\n')
    .replaceAll(FIXTURES, '…');

const names = readdirSync(FIXTURES);
const findingsOf = new Map(await Promise.all(names.map(async (name) => [name, await checkFixture(name)] as const)));

describe('what check says', () => {
  it.each(names)('about %s', async (name) => {
    const findings = findingsOf.get(name) ?? [];
    await expect(shown(name, findings)).toMatchFileSnapshot(join(FIXTURES, name, 'expected.txt'));
    const code = FINDING_CODES.map((known) => known.code).find(
      (known) => name === known || name.startsWith(`${known}-`),
    );
    if (code !== undefined) expect(findings.map((finding) => finding.code)).toContain(code);
  });

  it('shows no secret', () => {
    const all = [...findingsOf].map(([name, findings]) => shown(name, findings));
    expect(all.join('\n')).not.toMatch(/open-sesame|clear-as-day|Bearer-of/);
  });
});

describe('the reference of codes', () => {
  /** A file beyond the limit has no place in a repository; the other is of `-p` and of scripts that ran away. */
  const WITHOUT_FIXTURE = ['file-too-large', 'limit-exceeded', 'too-many-problems'];

  it('has a fixture for every code', () => {
    const missing = FINDING_CODES.map(({ code }) => code).filter((code) => !names.includes(code));
    expect(missing).toEqual(WITHOUT_FIXTURE);
  });

  it('has every code that the fixtures raise', () => {
    const raised = new Set([...findingsOf.values()].flat().map(({ code }) => code));
    expect([...raised].filter((code) => !FINDING_CODES.some((known) => known.code === code))).toEqual([]);
  });
});
