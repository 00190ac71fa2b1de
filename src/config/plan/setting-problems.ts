import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { ConfigKinds, KeyPath } from '../kinds/index.js';
import { diagnose, nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';
import { stagesOf, type FoundStage } from './script-sites.js';

/** Finds settings of a pipeline's stages that can't be combined. @param path the path of the pipeline */
export function settingProblems(
  { document, kinds }: { readonly document: SourceDocument; readonly kinds: ConfigKinds },
  path: KeyPath,
): readonly Diagnostic[] {
  const pipeline = nodeAt(document.root, formatPointer(path));
  if (pipeline === undefined) return [];
  const stages = stagesOf(path, pipeline, kinds.stages);
  const found = stages.flatMap(({ path: stagePath, node, kind }) =>
    (kind?.problems?.(node) ?? []).map((problem) => {
      const { severity = 'error', code = 'invalid-value', message, hint } = problem;
      const finding = { severity, code, message, hint } as const;
      return diagnose(document, formatPointer([...stagePath, ...problem.path]), finding);
    }),
  );
  return [
    ...found,
    ...constantKeys(document, stages),
    ...disorder(document, stages),
    ...sameNames(document, stages),
    ...withoutKey(document, path, pipeline),
  ];
}

/** Finds files that are to be encrypted, if there is no key. */
function withoutKey(document: SourceDocument, path: KeyPath, pipeline: SourceNode): readonly Diagnostic[] {
  if (nodeAt(document.root, '/storage/encryption') !== undefined) return [];
  const outputs = [...(nodeAt(pipeline, '/outputs')?.items ?? []).keys()].map((at) => ['outputs', String(at)]);
  return [...outputs, ['dead_letter']].flatMap((file) => {
    const place = [...file, 'encrypt'];
    const value = nodeAt(pipeline, formatPointer(place))?.value;
    if (value !== true && value !== 'true') return [];
    const finding = {
      severity: 'error',
      code: 'invalid-value',
      message: 'encrypt needs a key, and the config has none',
      hint: 'name one in storage.encryption: colloquium help security',
    } as const;
    return [diagnose(document, formatPointer([...path, ...place]), finding)];
  });
}

/** Settings that beginners write below a key, but that belong beside it. */
const BESIDE = ['within', 'time', 'max_keys', 'burst', 'mark', 'seed', 'name'];

/** The keys of a stage that are maps, with their places below the stage. */
export function constantKeysOf({ node: stage, kind }: Pick<FoundStage, 'node' | 'kind'>): readonly ConstantKey[] {
  return (kind?.keys ?? []).flatMap((below) => {
    const entries = nodeAt(stage, formatPointer(below))?.entries;
    // The JSON form of a list is such a map.
    return entries === undefined || entries.has('array') ? [] : [{ below, entries }];
  });
}

interface ConstantKey {
  readonly below: readonly string[];
  readonly entries: NonNullable<SourceNode['entries']>;
}

/** Finds keys that are maps: a map is data, not a script. */
function constantKeys(document: SourceDocument, stages: readonly FoundStage[]): readonly Diagnostic[] {
  return stages.flatMap(({ path, ...stage }) =>
    constantKeysOf(stage).map(({ below, entries }) => {
      const name = below.at(-1) ?? '';
      const beside = BESIDE.find((key) => entries.has(key));
      const finding = {
        severity: 'error',
        code: 'invalid-value',
        message: `${name}: a map is data, the same for all events`,
        hint:
          beside === undefined
            ? `write one field as ${name}: /host, several as a text: ${name}: '[/host, /path]'`
            : `${beside} stands beside ${name}: { ${name}: /id, ${beside}: … }`,
      } as const;
      return diagnose(document, formatPointer([...path, ...below]), finding);
    }),
  );
}

/** Finds stages that look across events, if the events arrive in the order in which AI providers answer. */
function disorder(document: SourceDocument, stages: readonly FoundStage[]): readonly Diagnostic[] {
  const calls = stages.map(({ kind }) => kind?.callsAt !== undefined);
  return stages.flatMap(({ path, kind }, at) => {
    if (kind?.across === undefined || !calls.slice(0, at).includes(true)) return [];
    const isBetween = calls.slice(at).includes(true);
    if (kind.across === 'nothing' && !isBetween) return [];
    const finding = {
      severity: 'error',
      code: 'state-needs-order',
      message: isBetween
        ? `${kind.kind} cannot stand between two AI stages`
        : `${kind.kind} looks across events, and behind an AI stage they come in the order of the answers`,
      hint: 'put it before the first AI stage, or run it in a second pipeline on the output',
    } as const;
    return [diagnose(document, formatPointer(path), finding)];
  });
}

/** Stages of one name. Answers are journalled by the names of AI stages, dead letters go on behind a stage by its name. */
function sameNames(document: SourceDocument, stages: readonly FoundStage[]): readonly Diagnostic[] {
  const seen = new Map<string, { readonly asks: boolean; readonly isGiven: boolean }>();
  return namesOf(stages).flatMap(({ name, given, path, asks }) => {
    const earlier = seen.get(name);
    seen.set(name, { asks: asks || earlier?.asks === true, isGiven: given !== undefined || earlier?.isGiven === true });
    if (earlier === undefined) return [];
    const shown = JSON.stringify(name);
    const isOfTwo = asks && earlier.asks;
    const one = isOfTwo ? 'another AI stage' : 'another stage';
    const message =
      given !== undefined && earlier.isGiven
        ? `${one} of this pipeline is named ${shown}`
        : `${one} of this pipeline is named ${shown}, as a stage without a name is called at its place`;
    const hint = isOfTwo
      ? 'answers are kept by the name of the stage: give each its own'
      : 'dead letters and metrics tell stages by their names: give each its own';
    const finding = { severity: isOfTwo ? 'error' : 'warning', code: 'repeated-name', message, hint } as const;
    return [diagnose(document, formatPointer([...path, ...(given ?? [])]), finding)];
  });
}

interface StageName {
  readonly name: string;
  /** Where it stands, below the stage; undefined: nobody has given it one. */
  readonly given: KeyPath | undefined;
  readonly path: KeyPath;
  readonly asks: boolean;
}

/** What stages are called: those that ask AI providers by their place among those of their kind, others by their place among all. */
function namesOf(stages: readonly FoundStage[]): readonly StageName[] {
  const ofKind = new Map<string, number>();
  return stages.flatMap(({ path, node, kind }, index): readonly StageName[] => {
    if (kind === undefined) return [];
    const placeOfKind = (ofKind.get(kind.kind) ?? 0) + 1;
    ofKind.set(kind.kind, placeOfKind);
    const asks = kind.callsAt !== undefined;
    const places = [...(kind.callsAt === undefined ? [] : [[...kind.callsAt, 'name']]), ['name']];
    for (const given of places) {
      const value = nodeAt(node, formatPointer(given))?.value;
      // What a variable gives is not known here.
      if (typeof value === 'string' && value.includes('${')) return [];
      if (typeof value === 'string') return [{ name: value, given, path, asks }];
    }
    return [{ name: `${kind.kind}-${asks ? placeOfKind : index + 1}`, given: undefined, path, asks }];
  });
}
