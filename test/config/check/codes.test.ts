import { expect, it } from 'vitest';
import { FINDING_CODES } from '../../../src/config/index.js';
import { guide } from '../../support/guides.js';

it('the table of codes in the guide to the config lists every code that check knows', () => {
  const rows = FINDING_CODES.map(({ code, summary }) => `| \`${code}\` | ${summary} |`);
  const table = ['| code | meaning |', '| --- | --- |', ...rows].join('\n');
  const [, inGuide = ''] = /<!-- codes -->\n+([^]*?)\n+<!-- \/codes -->/.exec(guide('config')) ?? [];
  expect(inGuide.replace(/ +\|/g, ' |').replace(/-{3,}/g, '---')).toBe(table);
});
