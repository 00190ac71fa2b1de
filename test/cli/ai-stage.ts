import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCli, scratch, type CliOptions, type CliResult } from '../support/cli.js';
import { startFakeProvider, type FakeProvider, type FakeProviderOptions } from '../support/fake-provider.js';

/** A working folder with fakes, a config for them, and rows. */
export interface AiStage {
  readonly cwd: string;
  fake(options?: Partial<FakeProviderOptions>): Promise<FakeProvider>;
  write(name: string, content: string): void;
  read(name: string): string;
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  close(): Promise<void>;
}

export function aiStage(): AiStage {
  const cwd = scratch();
  const fakes: FakeProvider[] = [];
  return {
    cwd,
    async fake(options = {}) {
      const fake = await startFakeProvider({ wire: 'openai', ...options });
      fakes.push(fake);
      return fake;
    },
    write(name, content) {
      mkdirSync(join(cwd, name, '..'), { recursive: true });
      writeFileSync(join(cwd, name), content);
    },
    read: (name) => readFileSync(join(cwd, name), 'utf8'),
    run: (args, options) => runCli([...args, '--no-progress'], { cwd, ...options }),
    async close() {
      for (const fake of fakes) expect(fake.deviations).toEqual([]);
      await Promise.all(fakes.map((fake) => fake.close()));
    },
  };
}

/** The request of a row: its text, with room for an answer as long. */
export const REQUEST =
  '["obj", "model", "gpt-4o-mini", "messages", [["obj", "role", "user", "content", ["$input", "/q"]]], "max_tokens", 60]';

/** A stage that asks for every event. */
export const ASKING = `{ ai: { request: ${REQUEST}, providers: [openai] } }`;

/** A provider as a config has it, at the price that fakes take. */
export function providerOf(fake: FakeProvider, more = ''): string {
  const retry = 'retry: { base_delay: 5ms, max_delay: 20ms }';
  return `{ api_key: "${fake.apiKey}", base_url: "${fake.url}", cost_per_token: { input: 0.00003, output: 0.00006 }, ${retry}${more} }`;
}

/** @param stages each a text under `ai`; default: one that asks for every row */
export function configOf(
  providers: Readonly<Record<string, string>>,
  { stages = [`{ into: /a, request: ${REQUEST} }`], more = '' } = {},
): string {
  const named = Object.entries(providers).map(([name, provider]) => `  ${name}: ${provider}\n`);
  const each = stages.map((stage) => `      - ai: ${stage}\n`);
  return `ai_providers:\n${named.join('')}state_dir: ./state\n${more}pipelines:\n  default:\n    stages:\n${each.join('')}`;
}

export function rowsOf(count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `${JSON.stringify({ q: `row ${i} ${'x'.repeat((i * 37) % 120)}` })}\n`,
  ).join('');
}

/** The one JSON line on stderr. */
export function statsOf({ stderr }: CliResult): Record<string, unknown> & { readonly ai: Record<string, number> } {
  const line = stderr.split('\n').find((text) => text.startsWith('{"')) ?? '';
  return JSON.parse(line) as ReturnType<typeof statsOf>;
}

/** Every file under a folder, as bytes that can be searched. */
export function everyFile(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}
