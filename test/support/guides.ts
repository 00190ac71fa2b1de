import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { bin, root, scratch } from './cli.js';

const execute = promisify(execFile);

/** A fenced block of Markdown. */
interface Block {
  readonly language: string;
  readonly text: string;
}

/** The text of the guide with this name, as it is in the sources. */
export function guide(name: string): string {
  return page(guidePath(name));
}

/** The text of a file in the sources, by its path from the root. */
export function page(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Where the guide with this name is, from the root. */
export function guidePath(name: string): string {
  return `src/cli/help/${name}.md`;
}

/** Markdown's fenced blocks, in order. */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/**
 * Runs the shell blocks of a page in order, with the installed program, in one empty folder, and compares what each prints with
 * the block `output` behind it.
 */
export async function expectBlocksToHold(markdown: string): Promise<void> {
  const cwd = scratch();
  const path = [dirname(bin), dirname(process.execPath), process.env['PATH'] ?? ''];
  const env = { PATH: path.join(':'), HOME: cwd, TZ: 'UTC' };

  const blocks = blocksOf(markdown);
  for (const [index, block] of blocks.entries()) {
    if (block.language !== 'sh') continue;
    const { stdout } = await execute('bash', ['-euo', 'pipefail', '-c', block.text], { cwd, env });
    const next = blocks[index + 1];
    if (next?.language === 'output') expect(stdout, block.text).toBe(next.text);
  }
}
