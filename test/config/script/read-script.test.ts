import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/diagnostic/index.js';
import { loadScriptFile, parseInlineScript, placeInScript } from '../../../src/config/script/index.js';
import { folderWith } from '../folder.js';

async function problemOf(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.catch((reason: unknown) => reason);
  if (!(error instanceof ConfigError)) throw new Error('it was read');
  return error.diagnostics.map(({ line, column, message }) => `${line}:${column} ${message}`).join();
}

describe('a script on the command line', () => {
  it.each([
    ['["a", "b"]', ['a', 'b'], 'json'],
    ['{"a": 1, }', { a: 1 }, 'json'],
    ['// so\n[1]', [1], 'json'],
    ['"a"', 'a', 'json'],
    ['{a: 1, }', { a: 1 }, 'text'],
    ['{"a": /b}', ['obj', 'a', ['$input', '/b']], 'text'],
    ['["a", /b]', ['cons', 'a', [['$input', '/b']]], 'text'],
    ['-- so\n/a', ['$input', '/a'], 'text'],
  ])('%j is JSON if it can be, else the text form', async (text, script, form) => {
    const source = await parseInlineScript(text, '-e');
    expect(source.script).toEqual(script);
    expect(source.text === undefined ? 'json' : 'text').toBe(form);
  });

  it.each([
    ['{"a": 1', "1:8 the text ends where ',' or '}' should be"],
    [' ["a" 1]', "1:7 unexpected number 1 where ',' or ']' should be"],
    ['[/a, .b]', "1:6 unexpected '.' where a value should be"],
    ['{a: 1', "1:6 the text ends where ',' or '}' should be"],
    ['', '1:1 there is no script'],
  ])('%j is neither, and what is said is of the form that it begins as', async (text, problem) => {
    expect(await problemOf(parseInlineScript(text, '-e'))).toBe(problem);
  });

  it('has its parts where they are written', async () => {
    const source = await parseInlineScript('{/id,\n who: -- so\n  text.lower(/name)}', '--filter');
    expect(placeInScript(source, '/4/1')).toEqual({ file: '--filter', line: 3, column: 14 });
    expect(placeInScript(source, '/4')).toEqual({ file: '--filter', line: 3, column: 3 });
  });
});

describe('a script file', () => {
  it('is text where it is named so, and JSON else', async () => {
    const folder = await folderWith({
      'a.computo': '#!/usr/bin/env -S colloquium -s\n["a", "b"]',
      'a.json': '["a", "b"]',
      'a.txt': '/a',
    });
    expect((await loadScriptFile(join(folder, 'a.computo'))).script).toEqual({ array: ['a', 'b'] });
    expect((await loadScriptFile(join(folder, 'a.json'))).script).toEqual(['a', 'b']);
    expect(await problemOf(loadScriptFile(join(folder, 'a.txt')))).toMatch(/^1:1 /);
  });
});
