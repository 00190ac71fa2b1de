import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import {
  loadConfig,
  resolveScript,
  scriptNames,
  useProvider,
  useSection,
  type LoadedConfig,
} from '../../../src/config/index.js';

const HOME = '/home/someone';

async function loadSeed(name: string, env: Record<string, string> = {}): Promise<LoadedConfig> {
  const path = fileURLToPath(new URL(`../../../fixtures/config/${name}`, import.meta.url));
  const config = await loadConfig({ kinds: KINDS, path, cwd: '/', env, home: HOME });
  if (config === undefined) throw new Error('not loaded');
  return config;
}

describe('the example configs of the first design', () => {
  it('phase 1 loads unchanged', async () => {
    const config = await loadSeed('seed-phase1.json');
    expect(config.warnings).toEqual([]);
    expect(useSection(config, 'server')).toMatchObject({ host: '0.0.0.0', port: 8080, max_body_size: 1_048_576 });
    expect(useSection(config, 'storage')).toMatchObject({
      disk_path: fileURLToPath(new URL('../../../fixtures/config/data', import.meta.url)),
      max_file_size: 104_857_600,
      memory_buffer_size: 10_000,
      retention_days: 7,
    });
    expect(useSection(config, 'processing')).toMatchObject({ worker_threads: 4, max_queue_size: 1000 });
    expect(scriptNames(config)).toEqual(['identity', 'add_timestamp']);
    expect((await resolveScript(config, 'identity')).script).toEqual(['$input']);
  });

  it('phase 2 loads without its keys, and its providers ask for them', async () => {
    const config = await loadSeed('seed-phase2.json');
    expect(config.warnings.map(({ code }) => code)).toEqual(['unset-variable', 'unset-variable']);
    expect(() => useProvider(config, 'openai')).toThrow(/OPENAI_API_KEY is not set/);
    expect(useSection(config, 'cost_management')).toMatchObject({
      daily_budget: '100',
      alert_threshold: 0.8,
      auto_stop_on_budget: true,
    });
  });

  it('phase 2 gives its providers when the keys are there', async () => {
    const config = await loadSeed('seed-phase2.json', {
      OPENAI_API_KEY: 'sk-first-secret',
      ANTHROPIC_API_KEY: 'sk-second-secret',
    });
    expect(config.warnings).toEqual([]);
    const openai = useProvider(config, 'openai');
    expect(openai).toMatchObject({
      kind: 'openai',
      base_url: 'https://api.openai.com/v1',
      rate_limit: { requests_per_minute: 1000, tokens_per_minute: 150_000 },
      models: [{ name: 'gpt-4' }, { name: 'gpt-4-turbo' }, { name: 'gpt-3.5-turbo' }],
      cost_per_token: { input: '0.00003', output: '0.00006' },
      circuit_breaker: { threshold: 5, open_for: 30_000 },
    });
    expect(JSON.stringify(openai)).not.toContain('sk-first');
    expect(openai.api_key?.kind === 'value' && openai.api_key.secret.reveal()).toBe('sk-first-secret');
  });
});
