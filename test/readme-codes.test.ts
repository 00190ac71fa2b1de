import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FINDING_CODES } from '../src/config/index.js';
import { root } from './support/cli.js';

it("the README's table of codes lists every code that check knows", () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const rows = FINDING_CODES.map(({ code, summary }) => `| \`${code}\` | ${summary} |`);
  const table = ['| code | meaning |', '| --- | --- |', ...rows].join('\n');
  const [, inReadme = ''] = /<!-- codes -->\n+([^]*?)\n+<!-- \/codes -->/.exec(readme) ?? [];
  expect(inReadme.replace(/ +\|/g, ' |').replace(/-{3,}/g, '---')).toBe(table);
});
