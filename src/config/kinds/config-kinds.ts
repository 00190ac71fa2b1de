import type { Json, Shape } from 'computo-js';
import type * as z from 'zod';
import type { OutputPlan, OutputTake, ScriptPlan, StagePlan, TemplatePlan } from '../plan/pipeline-plan.js';
import type { SourceNode } from '../source/index.js';
import type { SchemaVocabulary } from './fields.js';
import type { Kinds } from './kinds.js';
import type { TablesInConfig } from './tables.js';

/**
 * What the config floor knows of the kinds of stages, outputs, sources and providers. They are passed in, because each kind is
 * one file, on the floor that runs it. Schemas are functions of the vocabulary, so that such a file does not load zod.
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

/** A kind of something written as a map, with a key that identifies the kind. */
interface KindInConfig<Settings> {
  /** The key that distinguishes it from other kinds; its plans have it, too. */
  readonly kind: string;
  /** The schema of the whole map, including that key. */
  schema(f: SchemaVocabulary): z.ZodType<Settings>;
}

/** Names of keys, leading from a map to a value within it. */
export type KeyPath = readonly string[];

export interface StageInConfig<Settings = unknown> extends KindInConfig<Settings> {
  /** Where its scripts are. A `*` stands for each key of a map, a `[]` for each element of a list. */
  readonly scripts: readonly KeyPath[];
  /** Which of its scripts return a key that distinguishes events: a constant key is a mistake. */
  readonly keys?: readonly KeyPath[];
  /** Which of its scripts sees a state besides data and context, as `$inputs/2`. */
  readonly seesState?: KeyPath;
  /** What one of its scripts sees as `$input` in place of the data; undefined: the data. @param place below the stage */
  inputOf?(place: KeyPath): Shape | undefined;
  /** Where there is data in which `${…}` is not a variable: a text there is a path, not data. */
  readonly data?: readonly KeyPath[];
  /** Where there are texts in which `${…}` is a placeholder for data: no variable is filled in. */
  readonly templates?: readonly KeyPath[];
  /** Which of its scripts are templates if they are plain maps. */
  readonly mapTemplates?: readonly MapTemplate[];
  /** The pictures, documents and recordings in a literal member of its request. Paths are relative to the member. */
  literalMedia?(key: string, value: Json): readonly LiteralMedia[];
  /** Where the paths of text files are. */
  readonly textFiles?: readonly KeyPath[];
  /** What is wrong with the text of such a file; undefined: nothing. */
  readonly textProblem?: (text: string) => TextProblem | undefined;
  /** Where the settings of its AI calls are: request, model, providers, schema, name. Absent: it makes no calls. */
  readonly callsAt?: KeyPath | undefined;
  /** What its AI calls ask for, if not an answer. */
  readonly asksFor?: 'vectors';
  /** Undefined if something is wrong with the stage, which was reported to `make`. */
  plan(settings: Settings, make: StageMaker): Promise<StagePlan | undefined>;
  /**
   * The possible shape of the data behind the stage.
   *
   * @param made the results of its scripts, in order
   * @param stage the stage as written; it may be broken
   */
  shape(data: Shape, made: readonly Shape[], stage: SourceNode): Shape;
  /**
   * What its scripts must return but one of them never does, such as `the request must be an object`; undefined: all is well.
   *
   * @param places where the scripts are, in order
   */
  findProblem?(
    made: readonly Shape[],
    places: readonly KeyPath[],
  ): { readonly script: number; readonly must: string } | undefined;
  /** The routing keys that it gives to events if the pipeline sets none. */
  routingKeys?(stage: SourceNode): readonly string[];
  /** Settings that can't be combined. @param stage the stage as written; any part may be broken */
  problems?(stage: SourceNode): readonly SettingProblem[];
  /** Where the length of a window is, if the window is based on arrival times because nothing gives the events' times. */
  windowWithoutTime?(stage: SourceNode): KeyPath | undefined;
  /** `state`: its effect on an event depends on earlier events. */
  readonly across?: 'state' | 'nothing' | undefined;
}

/** A script that makes a map, and is a template if it is a plain map. */
export interface MapTemplate {
  readonly at: KeyPath;
  /**
   * What is wrong with a literal member, whatever the event.
   *
   * @param isTemplate whether the member is in a plain map, in which nothing is evaluated
   */
  memberProblems(key: string, value: Json, isTemplate: boolean): readonly MemberProblem[];
}

/** What is wrong with a member that a script writes. */
export interface MemberProblem {
  /** Relative to the member; empty: the member should not be there. */
  readonly path: KeyPath;
  readonly code: 'unknown-key' | 'quoted-call' | 'invalid-value' | 'no-placeholder';
  readonly message: string;
  readonly hint?: string | undefined;
  /** Default: `error`. */
  readonly severity?: 'warning' | undefined;
}

/** A picture, document or recording that a request names, whatever the event. */
export interface LiteralMedia {
  readonly path: KeyPath;
  readonly mediaType: string;
  readonly url?: string | undefined;
}

/** What is wrong with a text of a stage. */
export interface TextProblem {
  /** Default: `invalid-value`. */
  readonly code?: 'no-placeholder';
  readonly message: string;
  readonly hint?: string | undefined;
  /** Default: `error`. */
  readonly severity?: 'warning' | undefined;
}

/** A setting that is not possible. */
export interface SettingProblem extends TextProblem {
  /** Relative to the stage. */
  readonly path: KeyPath;
}

/** What is used to plan a stage. Paths are relative to the stage. */
export interface StageMaker {
  /** Its place among the stages of the pipeline, and among those of its kind, from 1. */
  readonly place: number;
  readonly placeOfKind: number;
  script(path: KeyPath): Promise<ScriptPlan | undefined>;
  /** A script, or a template if it is a plain map. */
  scriptOrTemplate(path: KeyPath): Promise<ScriptPlan | TemplatePlan | undefined>;
  /** Reads a text file. @param file the path as written */
  textFile(path: KeyPath, file: string): Promise<string | undefined>;
  /** The JSON Schema at a path of the stage. @param value the schema, or the path of its file */
  jsonSchema(path: KeyPath, value: Json): Promise<Json | undefined>;
  /**
   * The providers that a stage names, or all.
   *
   * @param path the path of its AI calls
   * @param models the models for requests that name none
   */
  providers(path: KeyPath, named: readonly string[] | undefined, models: readonly string[]): Promise<readonly string[]>;
}

/** The settings that all outputs share and that a kind does not plan itself. */
export type TakeInConfig = Exclude<keyof OutputTake, 'filesBy'>;

/** The settings that all outputs share. */
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
  /** Keys that hold the path of a file that the output writes. */
  readonly files: readonly string[];
  /** Plans the output, without the settings that all outputs share. */
  plan(settings: Settings, make: PathMaker): Omit<OutputPlan, TakeInConfig>;
}

export interface PathMaker {
  /** Makes a path absolute. */
  path(written: string): string;
}

/** The plan of a source to read for a pipeline. */
export interface SourcePlan {
  readonly kind: string;
  readonly pipeline: string;
}

export interface SourceInConfig<Settings = unknown> extends KindInConfig<Settings> {
  /** Keys that hold the path of a folder whose files are all read. */
  readonly folders: readonly string[];
  plan(settings: Settings, make: PathMaker): SourcePlan;
  /** Combines plans of this kind: several may be read as one. */
  together?(plans: readonly SourcePlan[]): readonly SourcePlan[];
}

/** A well-known AI provider. */
export interface VendorInConfig {
  readonly name: string;
  /** The kind of the provider. */
  readonly kind: string;
  /** Absent: the default of its kind. */
  readonly baseUrl?: string;
  /** The environment variables that may hold its key; the first one that is set counts. */
  readonly keys: readonly string[];
  /** Whether it has a model of this name. */
  readonly serves: (model: string) => boolean;
}

export interface ProviderInConfig {
  readonly kind: string;
  /** Whether its vendor may have a model of this name. */
  knows(model: string): boolean;
  /** Why it does not accept such a picture, document or recording; undefined: it does. Default: accepts all. */
  refusesMedia?(media: { readonly mediaType: string; readonly url?: string | undefined }): string | undefined;
  /** What one of its requests for vectors takes. Absent: the provider has no vectors. */
  readonly embeddings?: object;
  /** Many requests at once, for less and later. Absent: the provider has none. */
  readonly batches?: { readonly vectors?: string };
  /** Where requests go by default; undefined: an address must be configured. */
  readonly baseUrl: string | undefined;
  /** How it caches what requests have in common. Absent: not that it is known. */
  readonly caches?: 'marks' | 'prefix';
  readonly needsKey: boolean;
}
