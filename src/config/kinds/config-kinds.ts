import type { Json, Shape } from 'computo-js';
import type * as z from 'zod';
import type { OutputPlan, OutputTake, ScriptPlan, StagePlan, TemplatePlan } from '../plan/pipeline-plan.js';
import type { SourceNode } from '../source/index.js';
import type { SchemaVocabulary } from './fields.js';
import type { Kinds } from './kinds.js';
import type { TablesInConfig } from './tables.js';

/**
 * What the config floor knows of the kinds of stages, outputs, sources and providers. It is handed them, because the record of a
 * kind is one file, on the floor that runs it. Schemas are functions of the vocabulary, so that such a file loads no zod.
 */
export interface ConfigKinds {
  readonly stages: Kinds<StageInConfig>;
  readonly outputs: Kinds<OutputInConfig>;
  readonly sources: Kinds<SourceInConfig>;
  readonly providers: Kinds<ProviderInConfig>;
  /** AI providers that a config need not name. */
  readonly vendors: readonly VendorInConfig[];
  readonly tables: TablesInConfig;
}

/** A kind of something that is written as a map, with a key that tells its kind. */
interface KindInConfig<Settings> {
  /** The key that tells it from the other kinds; its plans have it too. */
  readonly kind: string;
  /** Of the whole map, with that key in it. */
  schema(f: SchemaVocabulary): z.ZodType<Settings>;
}

/** Names of keys, from a map down to what stands in it. */
export type KeyPath = readonly string[];

export interface StageInConfig<Settings = unknown> extends KindInConfig<Settings> {
  /** Where its scripts stand. A `*` stands for each key of a map. */
  readonly scripts: readonly KeyPath[];
  /** Which of its scripts give a key that tells events apart: one that is the same for all is a mistake. */
  readonly keys?: readonly KeyPath[];
  /** Which of its scripts sees a state beside data and context, as `$inputs/2`. */
  readonly seesState?: KeyPath;
  /** Where data stands in which a `${…}` is its own: texts there are taken for paths, and not data. */
  readonly data?: readonly KeyPath[];
  /** Where texts stand in which a `${…}` is a placeholder of their own, for data: no variable is put in. */
  readonly templates?: readonly KeyPath[];
  /** Which of its scripts are templates where they are plain maps. */
  readonly mapTemplates?: readonly MapTemplate[];
  /** The pictures, documents and recordings in a member that its request writes literally. Paths are below the member. */
  literalMedia?(key: string, value: Json): readonly LiteralMedia[];
  /** Where the path of a text file stands. */
  readonly textFiles?: readonly KeyPath[];
  /** What is wrong with the text of such a file; undefined: nothing. */
  readonly textProblem?: (text: string) => { readonly message: string; readonly hint?: string } | undefined;
  /** Where the settings of its AI calls stand: request, model, providers, schema, name. Absent: it makes none. */
  readonly callsAt?: KeyPath | undefined;
  /** What its AI calls ask for, where that is no answer. */
  readonly asksFor?: 'vectors';
  /** Undefined when something is wrong with it, which `make` was told. */
  plan(settings: Settings, make: StageMaker): Promise<StagePlan | undefined>;
  /**
   * What the data behind it can look like.
   *
   * @param made by its scripts, in their order
   * @param stage as it is written; it may be broken
   */
  shape(data: Shape, made: readonly Shape[], stage: SourceNode): Shape;
  /**
   * What its scripts must give and one of them never does, such as `the request must be an object`; undefined: all is well.
   *
   * @param places where the scripts stand, in their order
   */
  refuses?(
    made: readonly Shape[],
    places: readonly KeyPath[],
  ): { readonly script: number; readonly must: string } | undefined;
  /** Routing keys that it gives to events where the pipeline sets none. */
  routingKeys?(stage: SourceNode): readonly string[];
  /** What of its settings can't be so together. @param stage as it is written; each part may be broken */
  problems?(stage: SourceNode): readonly SettingProblem[];
  /** Where the length of a window stands that goes by when events come in, as nothing says their time. */
  windowWithoutTime?(stage: SourceNode): KeyPath | undefined;
  /** `state`: what it does to an event depends on those before. */
  readonly across?: 'state' | 'nothing' | undefined;
}

/** A script that makes a map, and is a template where it is one. */
export interface MapTemplate {
  readonly at: KeyPath;
  /**
   * What is wrong with a member that it writes literally, whatever the event.
   *
   * @param isTemplate it stands in a plain map, so that nothing in it is evaluated
   */
  memberProblems(key: string, value: Json, isTemplate: boolean): readonly MemberProblem[];
}

/** What is wrong with a member that a script writes. */
export interface MemberProblem {
  /** Below the member; empty: it should not be there. */
  readonly path: KeyPath;
  readonly code: 'unknown-key' | 'quoted-call' | 'invalid-value';
  readonly message: string;
  readonly hint?: string;
}

/** A picture or the like that a request names, whatever the event. */
export interface LiteralMedia {
  readonly path: KeyPath;
  readonly mediaType: string;
  readonly url?: string | undefined;
}

/** A setting that can't be so. */
export interface SettingProblem {
  /** Below the stage. */
  readonly path: KeyPath;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Default: `error`. */
  readonly severity?: 'warning' | undefined;
}

/** What a stage is planned with. Paths are below the stage. */
export interface StageMaker {
  /** Its place among the stages of the pipeline, and among those of its kind, from 1. */
  readonly place: number;
  readonly placeOfKind: number;
  script(path: KeyPath): Promise<ScriptPlan | undefined>;
  /** A script, or where it is a plain map the template that this is. */
  scriptOrTemplate(path: KeyPath): Promise<ScriptPlan | TemplatePlan | undefined>;
  /** The text of a file. @param file as it is written */
  textFile(path: KeyPath, file: string): Promise<string | undefined>;
  /** A JSON Schema that stands at a path of the stage. @param value the schema, or the path of its file */
  jsonSchema(path: KeyPath, value: Json): Promise<Json | undefined>;
  /**
   * The providers that a stage names, or all.
   *
   * @param path of its AI calls
   * @param model for requests that name none
   */
  providers(path: KeyPath, named: readonly string[] | undefined, model: string | undefined): Promise<readonly string[]>;
}

/** What a kind leaves to what is written of every output. */
export type TakeInConfig = Exclude<keyof OutputTake, 'filesBy'>;

/** What is written of every output. */
export interface OutputConfigFields {
  readonly when?: readonly string[] | undefined;
  readonly otherwise: boolean;
  readonly envelope: boolean;
  readonly format?: string | undefined;
  readonly columns?: readonly string[] | undefined;
}

export interface OutputInConfig<
  Settings extends OutputConfigFields = OutputConfigFields,
> extends KindInConfig<Settings> {
  /** Keys that hold the path of a file that it writes. */
  readonly files: readonly string[];
  /** Without what all outputs have. */
  plan(settings: Settings, make: PathMaker): Omit<OutputPlan, TakeInConfig>;
}

export interface PathMaker {
  /** An absolute path. */
  path(written: string): string;
}

/** What is to be read for a pipeline. */
export interface SourcePlan {
  readonly kind: string;
  readonly pipeline: string;
}

export interface SourceInConfig<Settings = unknown> extends KindInConfig<Settings> {
  /** Keys that hold the path of a folder all of whose files are read. */
  readonly folders: readonly string[];
  plan(settings: Settings, make: PathMaker): SourcePlan;
  /** The plans of this kind as they are read: several may be one. */
  together?(plans: readonly SourcePlan[]): readonly SourcePlan[];
}

/** A well-known AI provider. */
export interface VendorInConfig {
  readonly name: string;
  /** Of the provider. */
  readonly kind: string;
  /** Absent: as its kind has it. */
  readonly baseUrl?: string;
  /** What its key is called in the environment; the first that is set counts. */
  readonly keys: readonly string[];
  /** Whether it has a model of this name. */
  readonly serves: (model: string) => boolean;
}

export interface ProviderInConfig {
  readonly kind: string;
  /** Whether its vendor may have a model of this name. */
  knows(model: string): boolean;
  /** Why it takes no such picture, document or recording; undefined: it does. Default: it takes all. */
  refusesMedia?(media: { readonly mediaType: string; readonly url?: string | undefined }): string | undefined;
  /** What one of its requests for vectors takes. Absent: it has none. */
  readonly embeddings?: object;
  /** Where requests go by default; undefined: one must be configured. */
  readonly baseUrl: string | undefined;
  readonly needsKey: boolean;
}
