import { formatPointer } from 'computo-js';
import { requestMembers, type ScriptSource } from '../script/index.js';

/** A text in a script, and its JSON Pointer there. */
export interface Literal {
  readonly text: string;
  readonly script: ScriptSource;
  readonly path: string;
}

/**
 * The literal text that an AI stage's script gives to a key of its request, whatever the event. Known only if the script is an
 * object with a literal text there, or a call of `obj`.
 */
export function requestLiteral(script: ScriptSource, key: string): Literal | undefined {
  const found = requestMembers(script.script).find((member) => member.key === key);
  // In a template, a text with a placeholder depends on the event.
  if (typeof found?.value !== 'string' || (isTemplate(script) && found.value.includes('${'))) return undefined;
  return { text: found.value, script, path: formatPointer(found.path) };
}

/**
 * The model that a stage asks for, whatever the event; undefined: that depends.
 *
 * @param model the stage's, for requests that name none
 */
export function askedModel(request: ScriptSource | undefined, model: string | undefined): string | undefined {
  if (request === undefined || !mayHave(request, 'model')) return model;
  return requestLiteral(request, 'model')?.text;
}

/**
 * The providers that the requests of a stage may go to.
 *
 * @param ofStage those of the stage, for requests that name none
 * @param known the names of all
 */
export function providersOf(
  request: ScriptSource | undefined,
  ofStage: readonly string[],
  known: readonly string[],
): readonly string[] {
  if (request === undefined || !mayHave(request, 'provider')) return ofStage;
  const only = requestLiteral(request, 'provider');
  return only === undefined ? known : known.filter((name) => name === only.text);
}

/** Whether a request has, or may have, a member of this name: a script that is no object may do anything. */
function mayHave({ script }: ScriptSource, key: string): boolean {
  const members = requestMembers(script);
  return members.length === 0 || members.some((member) => member.key === key);
}

/** Whether a script is a plain map, whose texts are templates. */
export function isTemplate({ script, text }: ScriptSource): boolean {
  return text === undefined && typeof script === 'object' && script !== null && !Array.isArray(script);
}
