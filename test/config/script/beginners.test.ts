import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, equal, parseExactly, stringify, type Json, type JsonObject } from 'computo-js';
import { describe, expect, it } from 'vitest';
import { ConfigError, hasErrors, type Diagnostic } from '../../../src/config/diagnostic/index.js';
import { checkScript, inDialectOf, parseInlineScript, type ScriptSource } from '../../../src/config/script/index.js';
import { root } from '../../support/cli.js';

/** A script of somebody who begins: what it gives, or what must be said of it, which is the text to write. */
interface Trial {
  readonly text: string;
  readonly input?: Json;
  readonly output?: Json;
  readonly says?: readonly string[];
}

const lines = readFileSync(join(root, 'fixtures/computo-js/beginners.jsonl'), 'utf8').trimEnd().split('\n');
const trials = lines.map((line) => parseExactly(line, 100) as JsonObject & Trial);

/** What is said of a script before it runs, without the lines around the place, and the script, if it could run. */
async function findingsOf(text: string): Promise<{ readonly said: string; readonly source?: ScriptSource }> {
  try {
    const source = await parseInlineScript(text, '-e');
    const findings = checkScript(source, {});
    return { said: wordsOf(findings), ...(!hasErrors(findings) && { source }) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { said: wordsOf(error.diagnostics) };
  }
}

function wordsOf(findings: readonly Diagnostic[]): string {
  return findings.map(({ message, hint = '' }) => `${message}\n${hint}`).join('\n');
}

describe("a beginner's script", () => {
  it.each(trials.filter(({ says }) => says === undefined).map((trial) => [trial.text, trial] as const))(
    '%s is accepted, and right',
    async (text, { input = null, output = null }) => {
      const { said, source } = await findingsOf(text);
      expect(said).toBe('');
      const given = source && compile(source.script, inDialectOf(source, {})).run([input]);
      expect(given !== undefined && equal(given, output), stringify(given ?? null)).toBe(true);
    },
  );

  it.each(trials.flatMap(({ text, says }) => (says === undefined ? [] : [[text, says] as const])))(
    '%s is answered with %j',
    async (text, says) => {
      const { said } = await findingsOf(text);
      for (const words of says) expect(said).toContain(words);
    },
  );

  it('is tried at least forty times', () => {
    expect(new Set(trials.map(({ text }) => text)).size).toBeGreaterThanOrEqual(40);
  });
});
