import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import { checkPaths, ConfigError, loadConfig, resolvePipeline, type LoadedConfig } from '../../../src/config/index.js';
import { knownSecrets, secretsFor } from '../../../src/config/plan/script-secrets.js';
import { folderWith } from '../folder.js';

const CONFIG = `secrets:
  pepper: \${PEPPER}
  kept: { file: ./key }
  asked: { command: [echo, from a command] }
  gone: { file: ./nowhere }
pipelines:
  default:
    stages:
      - computo: [hash.sha256, [$input, /id], pepper]
`;

async function load(env: Readonly<Record<string, string>> = {}): Promise<LoadedConfig> {
  const folder = await folderWith({ 'colloquium.yaml': CONFIG, key: 'from a file\n' });
  const config = await loadConfig({ kinds: KINDS, cwd: folder, env, home: '/home/someone' });
  if (config === undefined) throw new Error('not loaded');
  return config;
}

describe('the secrets of a config', () => {
  it('are known by name, whether they can be read or not', async () => {
    const { secrets = {} } = knownSecrets(await load());
    expect(Object.keys(secrets)).toEqual(['pepper', 'kept', 'asked', 'gone']);
    const { diagnostics } = await checkPaths([(await load()).file], {
      kinds: KINDS,
      env: {},
      home: '/home/someone',
      isPriced: () => true,
    });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('are in the plan of a pipeline whose scripts name them', async () => {
    const { plan } = await resolvePipeline(await load({ PEPPER: 'from the environment' }), 'default');
    expect(plan.stages).toMatchObject([{ script: { options: { secrets: { pepper: 'from the environment' } } } }]);
  });

  it('are read for the scripts that name them, and no others', async () => {
    const config = await load({ PEPPER: 'from the environment' });
    expect(await secretsFor(['obj', 'pepper', ['hash.sha256', 1, 'kept']], config)).toEqual({
      secrets: { pepper: 'from the environment', kept: 'from a file' },
    });
    expect(await secretsFor(['hash.sha256', 1, 'asked'], await load())).toEqual({
      secrets: { asked: 'from a command' },
    });
    expect(await secretsFor(['$input'], await load())).toEqual({});
  });

  it('that cannot be read are told where they stand', async () => {
    const problemWith = async (name: string): Promise<unknown> => {
      const error: unknown = await secretsFor(['hash.sha256', 1, name], await load()).catch(
        (thrown: unknown) => thrown,
      );
      return error instanceof ConfigError ? error.diagnostics : error;
    };
    expect(await problemWith('gone')).toMatchObject([{ code: 'unreadable-secret', line: 5 }]);
    expect(await problemWith('pepper')).toMatchObject([{ code: 'unset-variable', line: 2 }]);
  });
});
