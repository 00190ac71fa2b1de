import { formatPointer, type Json } from 'computo-js';
import { didYouMean, type Diagnostic } from '../diagnostic/index.js';
import { hasPlaceholder } from '../env/index.js';
import type { Kinds, StageInConfig } from '../kinds/index.js';
import { stagesOf } from '../plan/script-sites.js';
import type { ScriptSource } from '../script/index.js';
import { diagnose, type SourceDocument, type SourceNode } from '../source/index.js';

/**
 * Finds outputs whose routing keys no event can have. Reports nothing if the keys can't be known.
 *
 * @param routingKey the pipeline's script, if it has one that could be read
 * @param kinds the kinds of its stages, which may set a routing key
 * @param servers the AI providers that may set the key; undefined: the pipeline has no AI stage
 */
export function unreachedOutputs(
  document: SourceDocument,
  path: readonly string[],
  pipeline: SourceNode,
  routingKey: ScriptSource | undefined,
  servers: readonly string[] | undefined,
  kinds: Kinds<StageInConfig>,
): Diagnostic[] {
  const hasScript = pipeline.entries?.has('routing_key') === true;
  const ofScript = hasScript ? routingKey && constantsOf(routingKey.script) : new Set(servers ?? []);
  const given = stagesOf(path, pipeline, kinds).flatMap(({ kind, node }) => kind?.routingKeys?.(node) ?? []);
  const keys = ofScript && new Set([...ofScript, ...given]);
  const outputs = pipeline.entries?.get('outputs')?.node.items ?? [];
  const useless = uselessOtherwise(document, path, outputs);
  if (keys === undefined) return useless;
  const unmet = outputs.flatMap((output, index) => {
    const when = output.entries?.get('when')?.node;
    if (when === undefined) return [];
    const wanted = (when.items?.map((item) => item.value) ?? [when.value]).filter((key) => typeof key === 'string');
    if (wanted.length === 0 || wanted.some((key) => keys.has(key) || hasPlaceholder(key))) return [];
    const known = [...keys].map((key) => JSON.stringify(key)).join(', ');
    const finding = {
      severity: 'warning',
      code: 'unreached-output',
      message:
        keys.size === 0
          ? 'no event reaches this output: the pipeline sets no routing_key'
          : `no event reaches this output: routing keys are ${known}`,
      hint: wanted.map((key) => didYouMean(key, keys)).find((hint) => hint !== undefined),
    } as const;
    return [diagnose(document, formatPointer([...path, 'outputs', String(index), 'when']), finding)];
  });
  return [...useless, ...unmet];
}

/** Finds outputs with `otherwise` beside an output that takes every event. */
function uselessOtherwise(
  document: SourceDocument,
  path: readonly string[],
  outputs: readonly SourceNode[],
): Diagnostic[] {
  const isOtherwise = ({ entries }: SourceNode): boolean => entries?.get('otherwise')?.node.value === true;
  const taker = outputs.findIndex((output) => output.entries?.has('when') === false && !isOtherwise(output));
  if (taker === -1) return [];
  return outputs.flatMap((output, index) => {
    if (!isOtherwise(output) || output.entries?.has('when') === true) return [];
    const finding = {
      severity: 'warning',
      code: 'unreached-output',
      message: `no event reaches this output: outputs[${taker}] takes every event`,
      hint: `say with \`when\` which events outputs[${taker}] takes`,
    } as const;
    return [diagnose(document, formatPointer([...path, 'outputs', String(index), 'otherwise']), finding)];
  });
}

const DEPTH_MAX = 100;

/** Every text that a script can return, if it consists only of constants in the branches of `if`; otherwise undefined. */
function constantsOf(script: Json, depth = 0): ReadonlySet<string> | undefined {
  if (typeof script === 'string') return new Set([script]);
  if (!Array.isArray(script) || depth > DEPTH_MAX) return undefined;
  const [head, ...rest] = script as readonly Json[];
  if (head === 'let' && rest.length === 2) return constantsOf(rest[1] ?? null, depth + 1);
  if (head !== 'if' || rest.length !== 3) return undefined;
  const yes = constantsOf(rest[1] ?? null, depth + 1);
  const no = constantsOf(rest[2] ?? null, depth + 1);
  return yes && no && new Set([...yes, ...no]);
}
