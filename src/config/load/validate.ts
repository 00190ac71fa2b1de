import { formatPointer } from 'computo-js';
import type * as z from 'zod';
import { type Diagnostic, didYouMean } from '../diagnostic/index.js';
import type { Env } from '../env/index.js';
import type { ConfigKinds } from '../kinds/index.js';
import { OWN_KEY_PREFIX, type Config, type ConfigSchema } from '../schema.js';
import { kindOf } from '../schema/ai-providers.js';
import { oneOf } from '../schema/show.js';
import { diagnose, nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';
import { explainIssues, unknownKey } from './explain.js';
import { fillSection, opaqueIn } from './fill.js';
import { keyProblems } from './provider-keys.js';

export type SectionName = Exclude<keyof Config, '$schema' | 'scripts' | 'pipelines' | 'ai_providers'>;

/** A config as written, and what is needed to check it. */
export interface ConfigText {
  readonly document: SourceDocument;
  readonly env: Env;
  readonly kinds: ConfigKinds;
  /** Built from the kinds. */
  readonly schema: ConfigSchema;
}

export interface Validated<T> {
  /** Absent if there were errors, or if a variable that the section needs is not set. */
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks every section of a config. An unset variable is a warning here, and values that depend on it are not checked. */
export function validateDocument(config: ConfigText): Diagnostic[] {
  const { document, schema } = config;
  const findings: Diagnostic[] = [];
  const known = schema.sectionNames;
  for (const [key, { node }] of document.root.entries ?? []) {
    if (key.startsWith(OWN_KEY_PREFIX)) continue;
    if (!known.includes(key)) {
      findings.push(
        unknownKey(
          document,
          [],
          key,
          didYouMean(key, known) ?? `known keys: ${known.join(', ')}; keys of your own start with ${OWN_KEY_PREFIX}`,
        ),
      );
    } else if ((key === 'pipelines' || key === 'ai_providers') && node.entries !== undefined) {
      const one: z.ZodType = key === 'pipelines' ? schema.pipeline : schema.aiProvider;
      for (const [name, entry] of node.entries) {
        findings.push(...validatePart(config, one, [key, name], entry.node, 'warning').diagnostics);
        if (key !== 'ai_providers') continue;
        findings.push(...baseUrlMissing(config, name, entry.node), ...keyProblems(config, name, entry.node));
      }
    } else {
      const section: z.ZodType = schema.section(key as keyof Config);
      findings.push(...validatePart(config, section, [key], node, 'warning').diagnostics);
    }
  }
  return findings;
}

/**
 * Checks one part of a config against its schema, with environment variables filled in.
 *
 * @param unsetIs how an unset variable counts: an error if the part is about to be used, a warning if it is only checked
 */
export function validatePart<T>(
  { document, env, kinds }: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  schema: z.ZodType<T>,
  path: readonly string[],
  node: SourceNode | undefined,
  unsetIs: 'error' | 'warning',
): Validated<T> {
  const { value, unset, fromEnv } =
    node === undefined
      ? { value: undefined, unset: [], fromEnv: new Map<string, readonly string[]>() }
      : fillSection(node, path, env, opaqueIn(kinds.stages));
  const unsetPointers = new Set(unset.map(({ pointer }) => pointer));
  const diagnostics = unset.map(({ name, pointer }) => unsetVariable(document, name, pointer, unsetIs));

  const result = schema.safeParse(value);
  if (!result.success) {
    const found = explainIssues(document, result.error.issues, path, fromEnv);
    diagnostics.push(...found.filter(({ pointer }) => pointer === undefined || !unsetPointers.has(pointer)));
  }
  return result.success && unset.length === 0 ? { value: result.data, diagnostics } : { diagnostics };
}

/** Names of variables that hold secrets. */
const SECRET = /KEY|TOKEN|SECRET|PASSWORD/i;

function unsetVariable(
  document: SourceDocument,
  name: string,
  pointer: string,
  severity: 'error' | 'warning',
): Diagnostic {
  return diagnose(document, pointer, {
    severity,
    code: 'unset-variable',
    message: `the environment variable ${name} is not set`,
    // A default would be a secret in the config.
    hint: SECRET.test(name) ? 'set it' : `set it, or give a default: \${${name}:-…}`,
  });
}

/** A provider whose name matches no known wire must have an address. */
function baseUrlMissing(
  { document, kinds: { providers } }: ConfigText,
  name: string,
  { entries }: SourceNode,
): Diagnostic[] {
  if (entries === undefined || entries.has('base_url')) return [];
  const kind = entries.get('kind')?.node.value ?? kindOf(name, providers).kind;
  if (typeof kind !== 'string') return [];
  const found = providers.get(kind);
  if (found === undefined || found.baseUrl !== undefined) return [];
  const message = `ai_providers.${name}: missing: an ${kind} provider needs a base_url`;
  const others = providers.all.flatMap((one) => (one.baseUrl === undefined ? [] : [one.kind]));
  const hint = didYouMean(name, providers.names) ?? `add base_url, or kind: ${oneOf(others)}`;
  return [
    diagnose(
      document,
      formatPointer(['ai_providers', name]),
      { severity: 'error', code: 'missing-key', message, hint },
      'key',
    ),
  ];
}

/** The node of a part of a config. */
export function partAt(document: SourceDocument, path: readonly string[]): SourceNode | undefined {
  return nodeAt(document.root, formatPointer(path));
}
