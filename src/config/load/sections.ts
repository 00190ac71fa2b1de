import { ConfigError, didYouMean } from '../diagnostic/index.js';
import type { Config } from '../schema.js';
import { kindOf } from '../schema/ai-providers.js';
import { secret, type SecretRef } from '../schema/secret.js';
import { blameFile, type SourceNode } from '../source/index.js';
import { defaultStateDirectory, sharedStateNotice } from '../state/index.js';
import type { SourcePlan } from '../kinds/index.js';
import type { LoadedConfig } from './load-config.js';
import { plainTransports } from './plain-transports.js';
import { keyProblems } from './provider-keys.js';
import { resolvePath } from './resolve-path.js';
import { partAt, validatePart, type SectionName } from './validate.js';

/** One AI provider, ready for use, with its kind determined and its paths absolute. */
export type ProviderConfig = Omit<Config['ai_providers'][string], 'kind'> & {
  readonly name: string;
  readonly kind: string;
  /** The number of keys used in parallel, each with limits of its own; 1 without a key, too. */
  readonly lanes: number;
};

/**
 * A section of the config, with environment variables and defaults filled in and paths made absolute.
 *
 * @throws ConfigError (`unset-variable`, `invalid-value`) at the places in question
 */
export function useSection<Name extends SectionName>(config: LoadedConfig, name: Name): Config[Name] {
  const schema = config.schema.section(name);
  const node = partAt(config.document, [name]);
  const { value, diagnostics } = validatePart<unknown>(config, schema, [name], node, 'error');
  if (diagnostics.length > 0) throw new ConfigError(diagnostics);
  refusePlain(config, [name]);
  return withPaths(config, name, value as Config[Name]);
}

/** @throws ConfigError with `require_tls`, for addresses in this part of the config to which data would go unencrypted */
function refusePlain({ document, env }: LoadedConfig, under: readonly string[]): void {
  const problems = plainTransports(document, env, under).filter(({ severity }) => severity === 'error');
  if (problems.length > 0) throw new ConfigError(problems);
}

/** The folder of journal, ledger and checkpoints: `state_dir`, or else {@link defaultStateDirectory}. Absolute. */
export function stateDirectory(config: LoadedConfig): string {
  return useSection(config, 'state_dir') ?? defaultStateDirectory(config.directory, config);
}

/** See {@link sharedStateNotice}. */
export function stateNotice(config: LoadedConfig): string | undefined {
  if (useSection(config, 'state_dir') !== undefined) return undefined;
  return sharedStateNotice(stateDirectory(config), config.directory, config);
}

export function providerNames(config: LoadedConfig): readonly string[] {
  return [...(partAt(config.document, ['ai_providers'])?.entries?.keys() ?? [])];
}

/**
 * One AI provider's settings.
 *
 * @param readOnly whether the settings are only shown: then no key is needed or included
 * @throws ConfigError if there is no such provider, or a variable that it needs is not set
 */
export function useProvider(config: LoadedConfig, name: string, readOnly = false): ProviderConfig {
  const found = partAt(config.document, ['ai_providers', name]);
  if (found === undefined) {
    const hint = didYouMean(name, providerNames(config));
    throw new ConfigError([
      blameFile(config.file)('unknown-provider', `no AI provider ${JSON.stringify(name)} in the config`, hint),
    ]);
  }
  const problems = keyProblems(config, name, found);
  if (problems.length > 0) throw new ConfigError(problems);
  refusePlain(config, ['ai_providers', name]);
  const node = readOnly ? withoutEntries(found, ['api_key', 'api_keys']) : found;
  const { value, diagnostics } = validatePart(config, config.schema.aiProvider, ['ai_providers', name], node, 'error');
  if (value === undefined || diagnostics.length > 0) throw new ConfigError(diagnostics);
  const { api_key: key, api_keys: keys, ca, kind = kindOf(name, config.kinds.providers).kind, ...settings } = value;
  return {
    ...settings,
    name,
    kind,
    lanes: found.entries?.get('api_keys')?.node.items?.length ?? 1,
    ...(key !== undefined && { api_key: secretWithPath(config, key) }),
    ...(keys !== undefined && { api_keys: keys.map((one) => secretWithPath(config, one)) }),
    ...(ca !== undefined && { ca: resolvePath(config, ca) }),
  };
}

/**
 * The sources to read besides HTTP.
 *
 * @throws ConfigError
 */
export function useSources(config: LoadedConfig): readonly SourcePlan[] {
  const make = { path: (written: string) => resolvePath(config, written) };
  const plans = useSection(config, 'sources').map((plan) => plan(make));
  return config.kinds.sources.all.flatMap((kind) => {
    const ofKind = plans.filter((plan) => plan.kind === kind.kind);
    return kind.together?.(ofKind) ?? ofKind;
  });
}

export function secretNames({ document }: Pick<LoadedConfig, 'document'>): readonly string[] {
  return [...(partAt(document, ['secrets'])?.entries?.keys() ?? [])];
}

/**
 * Where a secret that scripts may name comes from.
 *
 * @throws ConfigError if a variable that it needs is not set
 */
export function useSecret(config: LoadedConfig, name: string): SecretRef {
  const path = ['secrets', name];
  const node = partAt(config.document, path);
  const { value, diagnostics } = validatePart(config, secret('a secret'), path, node, 'error');
  if (value === undefined || diagnostics.length > 0) throw new ConfigError(diagnostics);
  return secretWithPath(config, value);
}

function secretWithPath(config: LoadedConfig, ref: SecretRef): SecretRef {
  return ref.kind === 'file' ? { kind: 'file', path: resolvePath(config, ref.path) } : ref;
}

function withPaths<Name extends SectionName>(config: LoadedConfig, name: Name, value: Config[Name]): Config[Name];
function withPaths(config: LoadedConfig, name: SectionName, value: Config[SectionName]): Config[SectionName] {
  const absolute = (path: string): string => resolvePath(config, path);
  switch (name) {
    case 'server': {
      const { tls, tokens, ...rest } = value as Config['server'];
      return {
        ...rest,
        tokens: tokens.map((token) => secretWithPath(config, token)),
        ...(tls && { tls: { cert: absolute(tls.cert), key: absolute(tls.key) } }),
      };
    }
    case 'alerts': {
      const { webhook, ...rest } = value as Config['alerts'];
      return { ...rest, ...(webhook && { webhook: secretWithPath(config, webhook) }) };
    }
    case 'storage': {
      const storage = value as Config['storage'];
      const { encryption } = storage;
      return {
        ...storage,
        disk_path: absolute(storage.disk_path),
        ...(encryption && {
          encryption: {
            key: secretWithPath(config, encryption.key),
            old_keys: encryption.old_keys.map((key) => secretWithPath(config, key)),
          },
        }),
      };
    }
    case 'nats': {
      const { credentials, nkey, token, password, tls, ...rest } = value as Config['nats'];
      return {
        ...rest,
        ...(credentials !== undefined && { credentials: absolute(credentials) }),
        ...(nkey && { nkey: secretWithPath(config, nkey) }),
        ...(token && { token: secretWithPath(config, token) }),
        ...(password && { password: secretWithPath(config, password) }),
        ...(tls && { tls: mapValues(tls, absolute) }),
      };
    }
    case 'state_dir':
      return value === undefined ? undefined : absolute(value as string);
    default:
      return value;
  }
}

function mapValues<T extends Readonly<Record<string, string | undefined>>>(paths: T, map: (path: string) => string): T {
  const mapped = Object.entries(paths).map(([key, path]) => [key, path === undefined ? undefined : map(path)]);
  return Object.fromEntries(mapped) as T;
}

function withoutEntries(node: SourceNode, keys: readonly string[]): SourceNode {
  if (node.entries === undefined) return node;
  return { ...node, entries: new Map([...node.entries].filter(([name]) => !keys.includes(name))) };
}
