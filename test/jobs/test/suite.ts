import { join } from 'node:path';
import { loadConfig } from '../../../src/config/index.js';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import { planTests, runTests, type CaseResult, type TestOptions } from '../../../src/jobs/test/index.js';
import { folderWith } from '../../config/folder.js';

/** A config with one AI stage, asked at a provider of this kind that nobody listens as. */
export function configFor(provider: string, more = '', stage = ''): string {
  return `
ai_providers:
  it: { ${provider}, api_key: "\${NOT_SET}", cost_per_token: { input: 0.000001, output: 0.000002 }, models: [m, v] }
${more}
pipelines:
  default:
    stages:
      - ai: { model: m, prompt: 'Say \${/q}', max_tokens: 50, into: /a, ${stage} }
`;
}

export const OPENAI = 'kind: openai, base_url: "http://127.0.0.1:9/v1"';

/** Runs the cases of a folder in this process. */
export async function runSuite(
  files: Readonly<Record<string, string>>,
  options: Partial<TestOptions> = {},
): Promise<readonly CaseResult[]> {
  return await runIn(await folderWith(files), options);
}

export async function runIn(folder: string, options: Partial<TestOptions> = {}): Promise<readonly CaseResult[]> {
  const config = await loadConfig({
    kinds: KINDS,
    cwd: folder,
    env: {},
    home: '/',
    path: join(folder, 'colloquium.yaml'),
  });
  if (config === undefined) throw new Error('no config');
  const plan = await planTests(config, undefined, () => true);
  const ending = new AbortController().signal;
  return await runTests(plan, { update: false, ending, onResult: () => undefined, ...options });
}

/** The results as text: name, outcome, and the first words of what is wrong. */
export function told(results: readonly CaseResult[]): readonly string[] {
  return results.map(({ name, outcome, problems }) =>
    [name, outcome, ...problems.map(({ message }) => message)].join(' | '),
  );
}
