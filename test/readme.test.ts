import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bin, root, scratch } from './support/cli.js';

const execute = promisify(execFile);

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocks: Block[] = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(
  ([, language = '', text = '']) => ({ language, text }),
);

describe('the README', () => {
  it('shows only what happens: its shell blocks run in order, and print what it says they print', async () => {
    const cwd = scratch();
    symlinkSync(join(root, 'fixtures'), join(cwd, 'fixtures'));
    const path = [dirname(bin), dirname(process.execPath), process.env['PATH'] ?? ''];
    const env = { PATH: path.join(':'), HOME: cwd, TZ: 'UTC' };

    for (const [index, block] of blocks.entries()) {
      if (block.language !== 'sh') continue;
      const { stdout } = await execute('bash', ['-euo', 'pipefail', '-c', block.text], { cwd, env });
      const next = blocks[index + 1];
      if (next?.language === 'output') expect(stdout, block.text).toBe(next.text);
    }
    // Many commands one after the other, on a machine that may be slow.
  }, 300_000);

  it('has shell blocks at all', () => {
    expect(blocks.filter(({ language }) => language === 'sh').length).toBeGreaterThan(3);
  });
});
