import type { Json, Shape } from 'computo-js';
import { tagNameProblem, tagValueProblem, tooManyTags } from '../../ai/request/index.js';
import type { MapTemplate, MemberProblem, SchemaVocabulary, SettingProblem } from '../../config/kinds/index.js';
import type { SourceNode } from '../../config/source/index.js';
import type { AiStagePlan } from '../ai/ai-calls.js';
import { compileTemplate, type MakeFromEvent } from './ai-request.js';
import { callsIn, type WrittenWhole } from './calls-in.js';
import { placeholdersIn } from './placeholders-in.js';
import type { ScriptContext } from './script.js';

/** The settings of every stage that calls AI providers: the tags by which its costs are summed up. */
export const taggedWith = (f: SchemaVocabulary) => ({
  tags: f
    .script()
    .optional()
    .describe(
      'What the costs of its calls are summed up by, as { team: search, user: "${/user}" }. A map whose texts are templates, or a script that makes it. See cost --by tag.',
    ),
});

const WHOLE: WrittenWhole = { what: 'map', asScript: '{team: "search", user: /user}' };

/** Makes the tags of an event, if the stage has any. @throws ComputoError when a script can't be compiled */
export function compileTags(
  { name, tags }: AiStagePlan,
  context: ScriptContext,
): (...event: Parameters<MakeFromEvent>) => Json | undefined {
  return tags === undefined ? () => undefined : compileTemplate(tags, name, context);
}

/** The tags of a stage as `check` reads them. @param kind the stage's key, which contains them */
export function tagsOf(kind: string): MapTemplate {
  return { at: [kind, 'tags'], memberProblems };
}

/** Whether a script returns something, but never a map. */
export function isNoMap(made: Shape | undefined): boolean {
  return made !== undefined && made.object === undefined && (made.array !== undefined || made.scalars.size > 0);
}

/** Finds a script of tags that never returns any. @param script its index among the stage's scripts */
export function noTags(
  made: Shape | undefined,
  script: number,
): { readonly script: number; readonly must: string } | undefined {
  return isNoMap(made) ? { script, must: 'the tags of a stage must be an object' } : undefined;
}

/** @param stage as written in the config */
export function tagCountProblems(kind: string, stage: SourceNode): readonly SettingProblem[] {
  const tags = stage.entries?.get(kind)?.node.entries?.get('tags')?.node.entries;
  const message = tags && tooManyTags([...tags.values()].filter(({ node }) => node.value !== null).length);
  return message === undefined ? [] : [{ path: [kind, 'tags'], message }];
}

function memberProblems(name: string, value: Json, isTemplate: boolean): readonly MemberProblem[] {
  const ofName = tagNameProblem(name);
  if (ofName !== undefined) return [{ path: [], code: 'invalid-value', message: ofName }];
  const problems = isTemplate ? [...callsIn(value, [], WHOLE), ...placeholdersIn(value, [])] : [];
  if (problems.length > 0) return problems;
  // In a script, a list is a call; in a template, a placeholder can have any length.
  const isOpen = isTemplate ? typeof value === 'string' && value.includes('${') : Array.isArray(value);
  const ofValue = isOpen ? undefined : tagValueProblem(name, value);
  return ofValue === undefined ? [] : [{ path: [], code: 'invalid-value', message: ofValue }];
}
