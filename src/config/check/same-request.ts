import { formatPointer, stringify } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { isTemplate } from '../plan/request-literal.js';
import { foreignPlaceholder, hasPlaceholder, nearPlaceholder, type ScriptSource } from '../script/index.js';
import { diagnose, type SourceDocument } from '../source/index.js';
import type { AiStage } from './ai-stages.js';

/** What an AI stage asks by, as far as it could be read. */
interface Asking {
  /** The script or template of its `request`. */
  readonly request: ScriptSource | undefined;
  /** The text of its `prompt_file`. */
  readonly fileText: string | undefined;
}

/** Finds a stage that asks the same for all events, because nothing in its template is filled in. */
export function sameRequest(document: SourceDocument, stage: AiStage, asking: Asking): readonly Diagnostic[] {
  const found = templateOf(stage, asking);
  // A near placeholder is reported by itself, and is the same mistake.
  if (found === undefined || hasPlaceholder(found.text) || nearPlaceholder(found.text) !== undefined) return [];
  const foreign = foreignPlaceholder(found.text);
  const finding = {
    severity: 'warning',
    code: 'no-placeholder',
    message: `this asks the same for every event: no placeholder is in the ${found.key === 'request' ? 'request' : 'prompt'}`,
    hint:
      foreign === undefined
        ? 'a placeholder such as ${/text} inserts a value of the event'
        : `${foreign.text} stays in the text as it is; a placeholder is a pointer to the data: ${foreign.meant ?? '${/pointer}'}`,
  } as const;
  return [diagnose(document, formatPointer([...stage.path, found.key]), finding)];
}

/** The texts of a stage's template; undefined if it asks by a script, or what it asks is not known. */
function templateOf(
  { node }: AiStage,
  { request, fileText }: Asking,
): { readonly key: string; readonly text: string } | undefined {
  const written = (key: string): string | undefined => {
    const value = node.entries?.get(key)?.node.value;
    return typeof value === 'string' ? value : undefined;
  };
  if (node.entries?.has('request') === true)
    return request !== undefined && isTemplate(request)
      ? { key: 'request', text: stringify(request.script) }
      : undefined;
  const [key, prompt] =
    node.entries?.has('prompt') === true ? ['prompt', written('prompt')] : ['prompt_file', fileText];
  return prompt === undefined ? undefined : { key, text: `${written('system') ?? ''}\n${prompt}` };
}
