import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch, type CliOptions } from '../support/cli.js';

/** Everything that a run can depend on, one after the other in the same folders. */
const RUNS: readonly (readonly [string, readonly string[], CliOptions])[] = [
  ['standard input', ['-e', '{/n}'], { input: '{"n":1}\n{"n":2}\n' }],
  ['none', ['-e', '{/n}'], {}],
  ['standard input in another format', ['--in', 'csv', '-e', '{/n}'], { input: 'n\n3\n' }],
  ['the environment', ['-e', '1', '--no-such-flag'], { env: { FORCE_COLOR: '1' } }],
  ['none of that', ['-e', '1', '--no-such-flag'], {}],
  ['the time zone', ['-e', 'date.format(/at, "HH:mm")'], { env: { TZ: 'Asia/Tokyo' }, input: '{"at":0}\n' }],
  ['the working folder', ['-e', '{/n}', 'in.ndjson'], {}],
  ['a script that is read from there', ['script', 'to-json'], { input: '{/n}' }],
  ['a large input', ['-e', '/n'], { input: '{"n":1}\n'.repeat(40_000) }],
  ['what fails', ['-e', '/m'], { input: '{"n":1}\n' }],
  ['a config that is not there', ['-c', 'none.yaml'], {}],
];

describe('a command line in a process that has run others', () => {
  it('does what it does in a process of its own', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'in.ndjson'), '{"n":4}\n');
    for (const [what, args, options] of RUNS) {
      const [hosted, alone] = [
        await runCli(args, { cwd, ...options }),
        await runCli(args, { cwd, ...options, alone: true }),
      ].map(({ stdout, stderr, exit }) => ({ stdout, stderr: comparable(stderr), exit }));
      expect(hosted, what).toEqual(alone);
    }
  });
});

/** Without what is another one each time. */
function comparable(stderr: string): string {
  return stderr.replace(/\(\d+[^)]* s\)/, '(… s)').replace(/"(?:id|timestamp)":(?:"[^"]*"|\d+)/g, '"…"');
}
