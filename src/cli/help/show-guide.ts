import { readFile } from 'node:fs/promises';
import { stdoutPalette } from '../terminal/palette.js';
import { page } from './pager.js';
import { styled } from './styled.js';

/**
 * Prints a guide: as it is, Markdown, unless stdout is a terminal; there in a pager, laid out for its width.
 *
 * @param name of one of `GUIDES`
 */
export async function showGuide(name: string): Promise<void> {
  const text = await readFile(new URL(`./help/${name}.md`, import.meta.url), 'utf8');
  if (!process.stdout.isTTY) {
    process.stdout.write(text);
    return;
  }
  const shown = styled(text, process.stdout.columns, stdoutPalette());
  if (!(await page(shown))) process.stdout.write(shown);
}
