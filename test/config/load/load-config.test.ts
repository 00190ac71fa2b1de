import { join } from 'node:path';
import { utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import {
  ConfigError,
  loadConfig,
  maskSecrets,
  renderDiagnostic,
  stateDirectory,
  useProvider,
  useSection,
  type Env,
  type LoadedConfig,
} from '../../../src/config/index.js';
import { folderWith } from '../folder.js';

async function load(text: string, env: Env = {}, name = 'colloquium.yaml'): Promise<LoadedConfig> {
  const folder = await folderWith({ [name]: text });
  const config = await loadConfig({ kinds: KINDS, path: name, cwd: folder, env, home: '/home/someone' });
  if (config === undefined) throw new Error('not loaded');
  return config;
}

async function problems(text: string, env: Env = {}, name?: string): Promise<string[]> {
  try {
    await load(text, env, name);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.diagnostics.map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`);
  }
}

const errorOf = (act: () => unknown): string => {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof ConfigError
      ? error.diagnostics.map((finding) => renderDiagnostic(finding)).join('\n')
      : String(error);
  }
};

describe('a config', () => {
  it('has the defaults where it says nothing', async () => {
    const config = await load('{}');
    expect(useSection(config, 'server')).toEqual({
      host: '127.0.0.1',
      port: 8080,
      max_body_size: 1_048_576,
      tokens: [],
      rate_limit: {},
      trusted_proxies: [],
      insecure: false,
    });
    expect(useSection(config, 'storage')).toEqual({
      disk_path: join(config.directory, 'data'),
      max_file_size: 104_857_600,
      memory_buffer_size: 10_000,
      min_free: 104_857_600,
      retention_days: 7,
      durability: 'fsync',
      gzip: false,
    });
    expect(useSection(config, 'processing')).toEqual({
      worker_threads: 4,
      max_queue_size: 1000,
      max_line_size: 16_777_216,
      max_depth: 1000,
      event_timeout: 30_000,
      drain_timeout: 20_000,
    });
    expect(useSection(config, 'computo')).toEqual({
      dialect: 'auto',
      portable: false,
      limits: {},
      permuto: { interpolation: false, missing: 'ignore' },
    });
    expect(useSection(config, 'journal')).toEqual({
      ttl: 2_592_000_000,
      max_size: 4_294_967_296,
      store: 'full',
      in_doubt: 'retry',
    });
    expect(useSection(config, 'provider_wait')).toBe(300_000);
    const { timeouts } = useProvider(await load('ai_providers: {openai: {api_key: k}}'), 'openai');
    expect(timeouts).toEqual({ connect: 10_000, idle: 60_000, total: 600_000 });
    expect(stateDirectory(config)).toBe(join(config.directory, '.colloquium'));
  });

  it('may be empty, with a warning', async () => {
    expect((await load('# nothing yet\n')).warnings.map(({ code }) => code)).toEqual(['empty-config']);
    expect((await load('', {}, 'a.json')).warnings.map(({ code }) => code)).toEqual(['empty-config']);
  });

  it('may have keys of its own at the top, for anchors', async () => {
    const config = await load('x-limits: &limits {max_queue_size: 5}\nprocessing:\n  <<: *limits\n');
    expect(useSection(config, 'processing').max_queue_size).toBe(5);
  });

  it('keeps paths relative to itself; ~ is home at the start of a path only', async () => {
    const config = await load('storage: {disk_path: ~/log}\nstate_dir: ./a~/b\n');
    expect(useSection(config, 'storage').disk_path).toBe('/home/someone/log');
    expect(stateDirectory(config)).toBe(join(config.directory, 'a~/b'));
  });

  it('says everything that is wrong at once', async () => {
    const text =
      'server:\n  prot: 1\n  port: 80a\npipelines:\n  a: {stages: [{filter: true, name: 5}]}\n  b: {on_error: dead}\nwhat: 1\n';
    expect(await problems(text)).toEqual([
      '2:3 unknown-key: unknown key "prot" in server',
      '3:9 invalid-value: server.port: expected a number from 0 to 65535, got "80a"',
      '5:37 invalid-value: pipelines.a.stages[0].name: expected a name, got 5',
      '6:17 invalid-value: pipelines.b.on_error: expected dead_letter, skip or stop, got "dead"',
      '7:1 unknown-key: unknown key "what"',
    ]);
  });

  it.each(['0', '30', '25h', 'never'])('takes no time for an event that makes no sense: %s', async (time) => {
    expect(await problems(`processing: { event_timeout: ${time} }`)).toEqual([
      expect.stringMatching(
        /^1:30 invalid-value: processing.event_timeout: expected a duration like 30s, .* from 100 to 86400000, got /,
      ),
    ]);
  });

  it('is refused if it is not a map, too large, no UTF-8 or not there', async () => {
    expect(await problems('- a\n')).toEqual(['1:1 invalid-value: expected a map of settings']);
    expect(await problems(`# ${'x'.repeat(17 * 1024 * 1024)}`)).toEqual([expect.stringContaining('file-too-large')]);
    const folder = await folderWith({ 'a/': '' });
    await writeFile(join(folder, 'b.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xff]));
    const options = { cwd: folder, env: {}, home: '/' };
    await expect(loadConfig({ ...options, kinds: KINDS, path: 'b.yaml' })).rejects.toThrow(/is not UTF-8/);
    await expect(loadConfig({ ...options, kinds: KINDS, path: 'none.yaml' })).rejects.toThrow(/no file .*none.yaml/);
    await expect(loadConfig({ ...options, kinds: KINDS, path: 'a' })).rejects.toThrow(/is a folder/);
  });

  it('may start with a byte order mark', async () => {
    expect(await problems('\ufeffserver: {prot: 1}')).toEqual(['1:10 unknown-key: unknown key "prot" in server']);
    expect(await problems('\ufeff{"server": {"prot": 1}}', {}, 'a.json')).toEqual([
      '1:13 unknown-key: unknown key "prot" in server',
    ]);
  });

  it('treats __proto__ as an unknown key like any other, and as a name like any other', async () => {
    expect(await problems('__proto__: 1\nserver: {__proto__: 2}\n')).toEqual([
      '1:1 unknown-key: unknown key "__proto__"',
      '2:10 unknown-key: unknown key "__proto__" in server',
    ]);
    expect(await problems('scripts: {__proto__: 1}\npipelines: {__proto__: {stages: []}, constructor: {}}\n')).toEqual(
      [],
    );
    expect(await problems('pipelines: {__proto__: {stages: 1}}')).toEqual([
      '1:33 invalid-value: pipelines.__proto__.stages: expected a list of stages, got 1',
    ]);
  });
});

describe('the environment', () => {
  it('fills numbers, switches and paths', async () => {
    const env = { PORT: '9000', OPEN: 'true', DIR: '/data' };
    const config = await load(
      'server: {port: "${PORT}", insecure: "${OPEN}"}\nstorage: {disk_path: "${DIR}/log", max_file_size: "${SIZE:-5MB}"}\n',
      env,
    );
    expect(useSection(config, 'server')).toMatchObject({ port: 9000, insecure: true });
    expect(useSection(config, 'storage')).toMatchObject({ disk_path: '/data/log', max_file_size: 5_242_880 });
  });

  it('is asked only when a section is used', async () => {
    const config = await load('server: {port: "${PORT}"}\nai_providers: {openai: {api_key: "${KEY}"}}\n');
    expect(config.warnings.map(({ severity, code, line, column }) => `${line}:${column} ${severity} ${code}`)).toEqual([
      '1:16 warning unset-variable',
      '2:34 warning unset-variable',
    ]);
    expect(useSection(config, 'storage').retention_days).toBe(7);
    expect(errorOf(() => useSection(config, 'server'))).toContain(
      '1:16 error unset-variable: the environment variable PORT is not set',
    );
    expect(errorOf(() => useProvider(config, 'openai'))).toContain('KEY is not set');
  });

  it('is blamed for what it says', async () => {
    const folder = await folderWith({ 'a.yaml': 'server: {port: "${PORT}"}' });
    const loading = loadConfig({ kinds: KINDS, path: 'a.yaml', cwd: folder, env: { PORT: 'http' }, home: '/' });
    await expect(loading).rejects.toMatchObject({
      diagnostics: [
        {
          message: 'server.port: expected a number from 0 to 65535',
          hint: 'the value comes from the environment: PORT',
        },
      ],
    });
  });

  it('never reaches scripts', async () => {
    const config = await load(
      'scripts: {a: ["$input", "${A}"]}\npipelines: {p: {stages: [{filter: ["==", "${B}", 1]}, {ai: {request: ["${C}"]}}], routing_key: "${D}", on_error: {default: "${E}"}}}',
    );
    expect(config.warnings).toEqual([]);
  });
});

describe('AI providers', () => {
  it('are of the kind that they are named after, or say which', async () => {
    const config = await load(
      'ai_providers: {google: {}, mine: {base_url: "http://localhost:1/v1"}, other: {kind: openai}}',
    );
    expect(['google', 'mine', 'other'].map((name) => useProvider(config, name).kind)).toEqual([
      'google',
      'openai-compatible',
      'openai',
    ]);
  });

  it('of no known kind need an address', async () => {
    expect(await problems('ai_providers: {opnai: {models: [a]}}')).toEqual([
      '1:16 missing-key: ai_providers.opnai: missing: an openai-compatible provider needs a base_url',
    ]);
  });

  it.each(['http://a.example/v1?x=1', 'http://u:p@a.example/v1', 'http://a.example/v1#x', 'ftp://a.example'])(
    'have no address like %s',
    async (url) => {
      const [problem] = await problems(`ai_providers: {mine: {base_url: '${url}'}}`);
      expect(problem).toContain('1:33 invalid-value: ');
      expect(problem).toContain('a URL like https://api.openai.com/v1, without query or password');
    },
  );

  it('may set what holds for one model', async () => {
    const config = await load(
      'ai_providers: {openai: {models: {a: {cost_per_token: {input: 1e-7, output: 0.0000004}}, b: }}}',
    );
    expect(useProvider(config, 'openai').models).toEqual([
      { name: 'a', cost_per_token: { input: '1e-7', output: '4e-7' } },
      { name: 'b' },
    ]);
  });

  it('have secrets from files relative to the config, and from commands', async () => {
    const config = await load(
      'ai_providers: {openai: {api_key: {file: ./key}}, google: {api_key: {command: pass show key}}}',
    );
    expect(useProvider(config, 'openai').api_key).toEqual({ kind: 'file', path: join(config.directory, 'key') });
    expect(useProvider(config, 'google').api_key).toEqual({ kind: 'command', command: 'pass show key' });
  });

  it('may have several, each looked for where it stands; a look needs none of them', async () => {
    const config = await load('ai_providers: {openai: {api_keys: [{file: ./key}, "${NOT_SET}", k]}}');
    expect(errorOf(() => useProvider(config, 'openai'))).toContain('NOT_SET is not set');
    expect(useProvider(config, 'openai', true)).toMatchObject({ lanes: 3 });
    const whole = await load('ai_providers: {openai: {api_keys: [{file: ./key}, k]}}');
    const { api_keys: keys } = useProvider(whole, 'openai');
    expect(keys).toMatchObject([{ kind: 'file', path: join(whole.directory, 'key') }, { kind: 'value' }]);
    await expect(load('ai_providers: {openai: {api_key: k, api_keys: [l]}}')).rejects.toThrow('exclude one another');
  });

  it('never show their secrets in errors', async () => {
    const text =
      'ai_providers:\n  openai:\n    api_key: sk-very-secret\n    rate_limit: 5\nserver:\n  tokens:\n    - token-very-secret\n  prot: 1\n';
    const folder = await folderWith({
      'a.yaml': text,
      'b.yaml': `${text}  broken: [\n`,
      'c.yaml': 'ai_providers: {openai: {api_key: [sk-very-secret]}}',
    });
    for (const path of ['a.yaml', 'b.yaml', 'c.yaml']) {
      const error: unknown = await loadConfig({ kinds: KINDS, path, cwd: folder, env: {}, home: '/' }).catch(
        (reason: unknown) => reason,
      );
      if (!(error instanceof ConfigError)) throw new Error(`${path} loaded`);
      expect(
        error.diagnostics.map((finding) => renderDiagnostic(finding, { mask: maskSecrets })).join('\n'),
      ).not.toContain('very-secret');
    }
  });
});

describe('configs in other forms', () => {
  it('JSON may have comments and trailing commas', async () => {
    expect(useSection(await load('// mine\n{"server": {"port": 1,},}', {}, 'a.json'), 'server').port).toBe(1);
  });

  it('package.json holds one under its key, placed in the whole file', async () => {
    const text = '{\n  "name": "x",\n  "name": "y",\n  "colloquium": {"server": {"prot": 1}}\n}';
    expect(await problems(text, {}, 'package.json')).toEqual(['4:29 unknown-key: unknown key "prot" in server']);
  });

  it.each([
    ['a.mjs', 'export default {server: {port: 1}, scripts: {a: [123456789012345678901234567890n]}}'],
    ['a.cjs', 'module.exports = {server: {port: 1}, scripts: {a: undefined}}'],
  ])('%s exports one', async (name, text) => {
    expect(useSection(await load(text, {}, name), 'server').port).toBe(1);
  });

  it('JavaScript has pointers for places', async () => {
    const folder = await folderWith({ 'a.mjs': 'export default {server: {prot: 1}}' });
    const error: unknown = await loadConfig({ kinds: KINDS, path: 'a.mjs', cwd: folder, env: {}, home: '/' }).catch(
      (reason: unknown) => reason,
    );
    if (!(error instanceof ConfigError)) throw new Error('loaded');
    const shown = error.diagnostics.map((finding) => renderDiagnostic(finding, { showFile: () => 'a.mjs' }));
    expect(shown).toEqual([
      'a.mjs:1:1 error unknown-key: unknown key "prot" in server (at /server/prot)\n  hint: did you mean "port"?',
    ]);
  });

  it.each([
    ['export default {scripts: {a: () => 1}}', 'not-json: a function is not a JSON value'],
    ['export default {scripts: {a: NaN}}', 'not-json: NaN is not a number in JSON'],
    ['const a = {}; a.scripts = {a}; export default a', 'cycle: this value contains itself'],
    ['let a = []; for (let i = 0; i < 5000; i++) a = [a]; export default {scripts: {a}}', 'too-deep'],
    ['let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; export default {scripts: {a}}', 'too-large'],
    ['export default () => ({})', 'invalid-value: the config exports a function'],
    ['throw new Error("boom")', 'script-failed: running the config failed: boom'],
    ['export default {', 'script-failed: running the config failed'],
  ])('%s is refused', async (text, expected) => {
    expect((await problems(text, {}, 'a.mjs'))[0]).toContain(expected);
  });

  it.each(['mjs', 'cjs'])('a changed .%s is run again', async (extension) => {
    const text = (port: number): string =>
      `${extension === 'mjs' ? 'export default' : 'module.exports ='} {server: {port: ${port}}}`;
    const folder = await folderWith({ [`a.${extension}`]: text(1) });
    const path = join(folder, `a.${extension}`);
    const port = async (): Promise<number | undefined> => {
      const config = await loadConfig({ kinds: KINDS, path, cwd: folder, env: {}, home: '/' });
      return config && useSection(config, 'server').port;
    };
    expect(await port()).toBe(1);
    await writeFile(path, text(2));
    // A clock that is coarse may not have gone on since.
    await utimes(path, 2_000_000_000, 2_000_000_000);
    expect(await port()).toBe(2);
  });
});
