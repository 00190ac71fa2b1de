import { formatPointer } from 'computo-js';
import { didYouMean, type Diagnostic } from '../diagnostic/index.js';
import { diagnose, type SourceDocument } from '../source/index.js';

/**
 * Finds what is wrong with the providers of an AI stage.
 *
 * @param path the path of the stage's `ai` part
 * @param named its `providers`, with undefined in place of values that are not texts; absent: all
 */
export function unknownProviders(
  document: SourceDocument,
  path: readonly string[],
  named: readonly (string | undefined)[] | undefined,
  known: readonly string[],
): Diagnostic[] {
  if (known.length === 0) {
    const message = 'this stage needs an AI provider, and the config has none under ai_providers';
    return [diagnose(document, formatPointer(path), { severity: 'error', code: 'unknown-provider', message }, 'key')];
  }
  return (named ?? []).flatMap((name, index) => {
    if (name === undefined || known.includes(name)) return [];
    const hint = didYouMean(name, known) ?? `providers: ${known.join(', ')}`;
    const message = `no AI provider ${JSON.stringify(name)} under ai_providers`;
    const pointer = formatPointer([...path, 'providers', String(index)]);
    return [diagnose(document, pointer, { severity: 'error', code: 'unknown-provider', message, hint })];
  });
}
