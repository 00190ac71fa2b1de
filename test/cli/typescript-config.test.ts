import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageFolder, root, runCli, scratch } from '../support/cli.js';

const CONFIG = `
const factor: number = 2;
export default { pipelines: { default: { stages: [{ computo: ['*', factor, ['$input']] }] } } };
`;

/** A folder with such a config. */
function configured(): string {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.config.ts'), CONFIG);
  return cwd;
}

it('a command that waits for what can never come does not end as if it were done', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.config.mjs'), 'await new Promise(() => {});\nexport default {};\n');
  const { stdout, stderr, exit } = await runCli([], { alone: true, cwd, input: '21\n' });
  expect([stdout, stderr, exit]).toEqual(['', expect.stringContaining('the command is not done'), 1]);
});

/** Newer versions of Node run TypeScript by themselves. */
const isNative = Boolean(Reflect.get(process.features, 'typescript'));

describe('a config in TypeScript', () => {
  it('is run where Node can, else refused with what to do', async () => {
    const { stdout, stderr, exit } = await runCli([], { cwd: configured(), input: '21\n' });
    if (isNative) expect([stdout, exit], stderr).toEqual(['42\n', 0]);
    else expect([stderr, exit]).toEqual([expect.stringContaining('npm install typescript'), 78]);
  });

  it('is run where the package typescript is installed beside this one', () => {
    const cwd = configured();
    const beside = join(cwd, 'node_modules');
    cpSync(packageFolder, join(beside, 'colloquium'), { recursive: true });
    symlinkSync(join(root, 'node_modules/typescript'), join(beside, 'typescript'));
    const program = join(beside, 'colloquium/bin/colloquium.js');
    expect(
      execFileSync(process.execPath, [program], {
        cwd,
        input: '21\n',
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'ignore'],
      }),
    ).toBe('42\n');
  });
});
