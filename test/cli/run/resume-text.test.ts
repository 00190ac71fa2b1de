import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';

it('a run is resumed with a script that is spelled in another way, and refused with one that means something else', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'in.ndjson'), '{"n":1}\n');
  const run = async (script: string): Promise<number | string | null> =>
    (await runCli(['--resume', '-o', 'out.ndjson', '-e', script, 'in.ndjson'], { cwd })).exit;
  expect(await run('{/n}')).toBe(0);
  appendFileSync(join(cwd, 'in.ndjson'), '{"n":2}\n');
  expect(await run('{ "n": /n } -- the same')).toBe(0);
  expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe('{"n":1}\n{"n":2}\n');
  appendFileSync(join(cwd, 'in.ndjson'), '{"n":3}\n');
  expect(await run('{m: /n}')).toBe(2);
});
