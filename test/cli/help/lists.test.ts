import { join } from 'node:path';
import { operatorGroups, type OperatorInfo } from 'computo-js';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/cli/exit/exit-codes.js';
import { GUIDES } from '../../../src/cli/help/guides.js';
import { printText } from '../../../src/computo-js/text-form/index.js';
import { configJsonSchema, FINDING_CODES, settingsIn, stageSettings } from '../../../src/config/index.js';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import { stringifyJson } from '../../../src/json/index.js';
import { openMetrics } from '../../../src/server/metrics/index.js';
import { root } from '../../support/cli.js';
import { guidePath, page } from '../../support/guides.js';

/** What is listed in a page, between `<!-- NAME -->` and `<!-- /NAME -->`. */
interface MadePart {
  readonly path: string;
  readonly name: string;
  /** The lines, made of the records. */
  readonly lines: () => readonly string[] | Promise<readonly string[]>;
}

const PARTS: readonly MadePart[] = [
  {
    path: 'README.md',
    name: 'guides',
    lines: () =>
      table(
        'topic',
        'is about',
        GUIDES.map(({ name, summary }) => [`[${name}](${guidePath(name)})`, summary]),
      ),
  },
  {
    path: guidePath('config'),
    name: 'codes',
    lines: () =>
      table(
        'code',
        'meaning',
        FINDING_CODES.map(({ code, summary }) => [`\`${code}\``, prose(summary)]),
      ),
  },
  {
    path: guidePath('config'),
    name: 'keys',
    lines: () => {
      const keys = settingsIn(configJsonSchema(KINDS)).filter(({ key }) => !/^pipelines\.\*\.stages\./.test(key));
      // A value of several forms has its keys once for each.
      return [...new Set(keys.map(({ key, summary }) => item(`\`${key}\``, summary)))];
    },
  },
  {
    path: guidePath('stages'),
    name: 'settings',
    lines: () =>
      [...stageSettings(KINDS).values()].flatMap((settings) =>
        settings
          .filter(({ key }) => key !== 'name')
          .map(({ key, summary }, i) => `${i === 0 ? '' : '  '}${item(`\`${key}\``, summary)}`),
      ),
  },
  {
    path: guidePath('operators'),
    name: 'operators',
    lines: () =>
      operatorGroups().flatMap(({ title, operators }) => ['', `## ${title}`, '', ...operators.map(operatorItem)]),
  },
  {
    path: guidePath('operations'),
    name: 'metrics',
    lines: async () => {
      const text = await (await openMetrics('', ['folder'], () => 0)).text();
      const metrics = [...text.matchAll(/^# HELP (colloquium_\w+) (.*)\n# TYPE \w+ (\w+)$/gm)];
      return metrics.map(([, name = '', help = '', kind = '']) => item(`\`${name}\` (${kind})`, help));
    },
  },
];

/** An operator with its first example in text, or where it has none in JSON. */
function operatorItem({ name, dialects, summary, textUsage, usage, examples }: OperatorInfo): string {
  const call = textUsage ?? usage.classic ?? name;
  const [example] = examples.filter(({ dialect, tables }) => dialect !== 'classic' && tables === undefined);
  const isText = example !== undefined && dialects.includes('current');
  const given = example?.inputs === undefined ? '' : ` of ${code(example.inputs.map(stringifyJson).join(', '))}`;
  const shown = isText
    ? ` ${code(printText(example.script))}${given} gives ${code(stringifyJson(example.result))}.`
    : '';
  const only = dialects.length === 1 && dialects[0] === 'classic' ? ' (JSON of the classic dialect only)' : '';
  return `- ${code(call)}: ${summary.replace(/[*<]/g, '\\$&')}${only}${shown}`;
}

/** Text in a code span, which has no escapes. */
function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** Long texts make tables that nobody can read: they stand in a list. */
function item(name: string, text: string): string {
  return `- ${name}: ${prose(text)}`;
}

function table(first: string, second: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  return [[first, second], ['---', '---'], ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** Plain text as Markdown has it, also in a cell of a table. */
function prose(text: string): string {
  return text.replace(/[\\*|<]/g, '\\$&');
}

const options = await resolveConfig(join(root, 'README.md'), { config: join(root, '.config/prettier.json') });

describe('what the README and the guides list', () => {
  it.each([...new Set(PARTS.map(({ path }) => path))])('is made of the records, in %s', async (path) => {
    let text = page(path);
    for (const part of PARTS.filter((one) => one.path === path)) {
      const { name } = part;
      const lines = await part.lines();
      expect(lines.length).toBeGreaterThan(10);
      const place = new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=<!-- /${name} -->)`);
      expect(text).toMatch(place);
      text = text.replace(place, () => `\n${lines.join('\n')}\n\n`);
    }
    // `vitest -u` writes them anew.
    const formatted = await format(text, { ...options, parser: 'markdown' });
    await expect(formatted).toMatchFileSnapshot(join(root, path));
  });

  it('has every exit code once', () => {
    const cells = [...page(guidePath('exit-codes')).matchAll(/^\| (\d[\d, ]*?) +\|/gm)].map(([, cell = '']) => cell);
    const codes = cells.flatMap((cell) => cell.split(', ').map(Number));
    expect(codes).toEqual(Object.values(EXIT));
  });
});
