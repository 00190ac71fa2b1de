import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import {
  checkPaths,
  ConfigError,
  hasErrors,
  loadConfig,
  pipelineNames,
  resolvePipeline,
  useSection,
} from '../../../src/config/index.js';
import { TEMPLATES } from '../../../src/config/starter/index.js';

/** Configs with something of everything, valid as they stand. */
const RICH_YAML = `# everything
x-rotation: &rotation { rotate_size: 100MB, rotate_every: 1d, retention_days: 7, gzip: true }
server:
  host: 127.0.0.1
  port: \${PORT:-8080}
  tokens: [ "\${TOKEN:-abcdefghij}", { file: ./token }, { command: [pass, show, token] } ]
storage: { disk_path: ~/data, durability: os, idempotency_pointer: /id }
ai_providers:
  openai:
    api_key: "\${KEY:-abcdefghij}"
    models: { gpt-4o: { cost_per_token: { input: 0.0000025, output: 1e-5 } } }
  local: { base_url: "http://localhost:1/v1", rate_limit: { requests_per_minute: 10 } }
cost_management: { timezone: Europe/Berlin }
scripts:
  identity: ["$input"]
  alias: identity
  big: ["==", ["$input", "/id"], 123456789012345678901234567890]
pipelines:
  default:
    stages:
      - computo: alias
      - filter: &high [">", ["$input", "/score"], 0.5]
      - filter: *high
        name: again
      - computo: ["let", { "total": ["+", ["$input", "/a"], 1] }, ["obj", "t", ["$", "/total"]]]
      - ai:
          request: identity
          providers: [openai]
    routing_key: ["if", ["$input", "/big"], "a", "b"]
    outputs:
      - { file: ./out/a, when: a, <<: *rotation }
      - stdout: true
        when: [b]
    on_error: { default: null }
  other: { dead_letter: { file: ./dead, <<: *rotation } }
sources:
  - folder: ./in
    pipeline: other
`;

const RICH_JSON = `{
  // comments are fine
  "$schema": "./schema.json",
  "scripts": { "double": ["map", ["$input"], ["lambda", ["x"], ["*", ["$", "/x"], 2]]], },
  "pipelines": {
    "default": { "stages": [{ "computo": "double" }, { "filter": ["not", false], "name": "n" }], "on_error": "skip" }
  },
  "computo": { "limits": { "steps": 1000 }, "permuto": { "missing": "remove" } },
}
`;

export const SAMPLES = [
  { name: 'a.yaml', text: RICH_YAML },
  {
    name: 'a.yaml',
    text: TEMPLATES.run.config({ sample: 's', schema: 'x', testsSchema: './colloquium.test.schema.json' }),
  },
  { name: 'a.json', text: RICH_JSON },
  {
    name: 's.json',
    text: '["reduce", ["$input", "/n"], ["lambda", ["a", "b"], ["+", ["$", "/a"], ["$", "/b"]]], 0]\n',
  },
];

const PIECES = [
  ...Array.from('{}[],:"\'#&*!|>-?%@`~\\\t\r\n 0-9'),
  ...[
    '- ',
    ': ',
    '\n  ',
    '<<: *high',
    '&high ',
    '*high',
    'null',
    '1e999',
    '"$input"',
    '${X}',
    '${',
    '__proto__: 1',
    '\ufeff',
    '\ud800',
    '---\n',
    '...',
    '//',
    '/*',
    '!!str ',
    '[[',
    '.nan',
    '"if"',
    'é',
  ],
];

/** One edit: `size` characters at `at` (as a share of the text) give way to something else. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  size: fc.oneof(fc.constant(0), fc.nat({ max: 3 }), fc.nat({ max: 60 })),
  piece: fc.oneof(fc.constant(''), fc.constantFrom(...PIECES), fc.constant('COPY'), fc.string({ maxLength: 5 })),
});

export const mutatedFile = fc
  .tuple(fc.constantFrom(...SAMPLES), fc.array(edit, { maxLength: 4 }))
  .map(([{ name, text }, edits]) => ({
    name,
    text: edits.reduce((mutated, { at, size, piece }) => {
      const start = Math.floor(at * mutated.length);
      const cut = mutated.slice(start, start + size);
      return mutated.slice(0, start) + (piece === 'COPY' ? cut + cut : piece) + mutated.slice(start + size);
    }, text),
  }));

/**
 * Checks a file and holds check to its word: it does not crash, what it finds lies in the file, and what it finds nothing
 * wrong with can be loaded and used.
 */
export async function checkHolds(folder: string, { name, text }: { name: string; text: string }): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, text);
  const options = { kinds: KINDS, env: {}, home: '/home/someone', isPriced: () => true };
  const { diagnostics } = await checkPaths([file], options);
  const lines = text.replace(/^\ufeff/, '').split('\n');
  for (const { line, column, message, file: place } of diagnostics) {
    if (place !== file) throw new Error(`a finding in ${place}`);
    const length = lines[line - 1]?.length ?? -1;
    if (column < 1 || column > length + 1) throw new Error(`${line}:${column} is outside of the file: ${message}`);
  }
  if (hasErrors(diagnostics) || name === 's.json') return;
  const config = await loadConfig({ kinds: KINDS, path: file, cwd: folder, env: {}, home: '/home/someone' });
  if (config === undefined) throw new Error('what check passes was not found');
  for (const pipeline of pipelineNames(config)) await usable(async () => await resolvePipeline(config, pipeline));
  for (const section of ['server', 'storage', 'journal', 'sources', 'cost_management'] as const) {
    await usable(async () => await Promise.resolve(useSection(config, section)));
  }
}

/** A variable that is not set is the only thing that may still be in the way. */
async function usable(use: () => Promise<unknown>): Promise<void> {
  try {
    await use();
  } catch (error) {
    const others =
      error instanceof ConfigError ? error.diagnostics.filter(({ code }) => code !== 'unset-variable') : [error];
    if (others.length > 0) throw error;
  }
}
