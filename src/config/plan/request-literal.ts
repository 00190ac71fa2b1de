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

/** Whether the request has, or may have, a model of its own: a script that is not an object may return anything. */
export function namesModel({ script }: ScriptSource): boolean {
  const members = requestMembers(script);
  return members.length === 0 || members.some(({ key }) => key === 'model');
}

/** Whether a script is a plain map, whose texts are templates. */
export function isTemplate({ script, text }: ScriptSource): boolean {
  return text === undefined && typeof script === 'object' && script !== null && !Array.isArray(script);
}
