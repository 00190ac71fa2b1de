import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { letterLines } from '../../../src/cli/terminal/letter-lines.js';
import { bin, runCli, scratch } from '../../support/cli.js';

const LINES = '{"n":1}\nnope\n{"n":"a"}\n';

/** What a terminal shows of a command line. */
function terminal(cwd: string, line: string): string {
  const env = { ...process.env, HOME: cwd, NO_COLOR: '1' };
  return spawnSync('script', ['-qec', line, '/dev/null'], { cwd, encoding: 'utf8', env }).stdout.replaceAll('\r', '');
}

describe('failed events on a terminal', () => {
  it('are a line each, and the counts say how they are kept; of those from a pipe nothing is left out', () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'in.ndjson'), LINES);
    const colloquium = `${process.execPath} ${bin} -e '2 * /n' --no-progress`;
    const file = terminal(cwd, `${colloquium} in.ndjson`);
    expect(file).toContain("in.ndjson:2: unexpected word 'nope' where a value should be at column 1\n");
    expect(file).toContain(`in.ndjson:3: '*' needs a number as argument 2, got the string "a".`);
    expect(file).not.toContain('{"error"');
    expect(file).toContain('hint: --dead-letter FILE keeps failed events');

    const pipe = terminal(cwd, `cat in.ndjson | ${colloquium}`);
    expect(pipe).toContain('stdin:3: ');
    expect(pipe).toContain('"raw":"nope","source":"stdin","line":2}');
    expect(pipe).toContain('"data":{"n":"a"}');
  });

  it('are JSON in a pipe', async () => {
    const { stderr } = await runCli(['-e', '2 * /n', '-q'], { input: LINES });
    const letters = stderr.trimEnd().split('\n');
    expect(letters.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual([2, 3]);
  });
});

describe('a line for a dead letter', () => {
  const letter = { error: { message: 'no', stage: 'total' }, event: {}, source: 'a.ndjson', line: 7 };
  const lineOf = (more: object): string => letterLines(`${JSON.stringify({ ...letter, ...more })}\n`);

  it('names file, line and stage', () => {
    expect(lineOf({})).toBe('a.ndjson:7: stage total: no\n');
  });

  it.each([
    ['an answer was paid for', { error: { ...letter.error, answer: { text: 'hm' } } }],
    ['there is no line to find it by', { line: undefined }],
    ['it came from a pipe', { source: 'stdin' }],
  ])('is followed by the letter where %s', (_, more) => {
    expect(lineOf(more).split('\n').slice(1)).toEqual([`  ${JSON.stringify({ ...letter, ...more })}`, '']);
  });
});
