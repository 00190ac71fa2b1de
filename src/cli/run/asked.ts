import { resolve } from 'node:path';
import type { Json } from 'computo-js';
import type { LoadedConfig } from '../../config/index.js';
import { ConfigError, type Diagnostic } from '../../config/diagnostic/index.js';
import { parseJson } from '../../json/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { PROVIDER_OF_FLAGS, withProviderOfFlags } from '../flags/provider-of-flags.js';
import type { RunFlags } from './flags.js';

/** The flags of a question, by the corresponding keys of an AI stage. */
const FLAGS = {
  prompt: '--prompt',
  model: '--model',
  system: '--system',
  schema: '--schema',
  into: '--into',
  max_tokens: '--max-tokens',
} as const;

/** The pipeline of a run that asks by flags alone. */
const PIPELINE = 'default';

/** Whether flags ask an AI provider. @throws UserError if some of them are given but don't make a question */
export function asksByFlags({ prompt, model, system, schema, into, maxTokens, baseUrl, apiKeyEnv }: RunFlags): boolean {
  if (prompt !== undefined) {
    if (model === undefined) throw new UserError('--prompt needs --model', EXIT.usage, 'such as --model gpt-4o-mini');
    if (apiKeyEnv !== undefined && baseUrl === undefined)
      throw new UserError('--api-key-env needs --base-url', EXIT.usage);
    return true;
  }
  const given = Object.entries({
    model,
    system,
    schema,
    into,
    'max-tokens': maxTokens,
    'base-url': baseUrl,
    'api-key-env': apiKeyEnv,
  });
  const alone = given.find(([, value]) => value !== undefined);
  if (alone !== undefined) {
    throw new UserError(`--${alone[0]} needs --prompt`, EXIT.usage, 'a pipeline says in its config what it asks');
  }
  return false;
}

/**
 * Returns a config whose one pipeline is the question of the flags. Everything else is as in the given one.
 *
 * @throws UserError for flags that are invalid
 */
export async function askedConfig(flags: RunFlags, base: LoadedConfig): Promise<LoadedConfig> {
  const { withSection } = await import('../../config/index.js');
  const { baseUrl, apiKeyEnv } = flags;
  const stage = {
    prompt: flags.prompt ?? '',
    model: flags.model ?? '',
    ...(flags.system !== undefined && { system: flags.system }),
    ...(flags.schema !== undefined && { schema: schemaOf(flags.schema) }),
    ...(flags.into !== undefined && { into: flags.into }),
    ...(flags.maxTokens !== undefined && { max_tokens: flags.maxTokens }),
    ...(baseUrl !== undefined && { providers: [PROVIDER_OF_FLAGS] }),
  };
  const document = withSection(base.document, 'pipelines', { [PIPELINE]: { stages: [{ ai: stage }] } });
  const asking = { ...base, document };
  return baseUrl === undefined ? asking : await withProviderOfFlags(asking, baseUrl, apiKeyEnv);
}

/** Parses JSON, or resolves the path of a file from the current folder. */
function schemaOf(given: string): Json {
  if (!/^\s*(?:[{[]|true\s*$|false\s*$)/.test(given)) return resolve(given);
  try {
    return parseJson(given);
  } catch (error) {
    throw new UserError(`--schema: ${error instanceof Error ? error.message : String(error)}`, EXIT.usage);
  }
}

/** Converts an error in the question to one that names its flags. Any other error is returned as it is. */
export function byFlags(error: unknown): unknown {
  if (!(error instanceof ConfigError)) return error;
  const [first] = error.diagnostics;
  const flag = first && flagOf(first);
  if (first === undefined || flag === undefined) return error;
  const message = first.message.replace(/^(?:pipelines|ai_providers)\.[^:]*: /, '');
  // A typed text has no lines to name.
  const place = /\/ai\/schema(\/.+)$/.exec(first.pointer ?? '')?.[1];
  return new UserError(`${flag}: ${message}${place === undefined ? '' : `, at ${place}`}`, EXIT.usage, first.hint);
}

/** Names the flag in place of the config in which its text stands. Any other warning is returned as it is. */
export function warningByFlags(warning: Diagnostic): Diagnostic {
  const flag = flagOf(warning);
  if (flag === undefined) return warning;
  const { severity, code, message, hint } = warning;
  return { file: flag, line: 1, column: 1, severity, code, message, ...(hint !== undefined && { hint }) };
}

function flagOf({ pointer = '' }: Diagnostic): string | undefined {
  if (pointer.startsWith(`/ai_providers/${PROVIDER_OF_FLAGS}`))
    return pointer.endsWith('api_key') ? '--api-key-env' : '--base-url';
  const key = /^\/pipelines\/default\/stages\/0\/ai(?:\/(\w+))?/.exec(pointer);
  if (key === null) return undefined;
  return Object.entries(FLAGS).find(([name]) => name === key[1])?.[1] ?? '--model';
}
