import { isTruthy } from 'computo-js';
import type { SchemaVocabulary } from '../../config/kinds/index.js';
import { planScriptStage, scriptMeaning, type PlainKind, type ScriptStagePlan } from './kind.js';
import { compileScript } from './script.js';
import { FILTERED } from './stage.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    filter: f
      .script()
      .describe(
        'A script such as /level != "debug", its name, or a file. Events for which it gives a falsy value are dropped.',
      ),
    name: f.stageName(),
  });

/** Passes an event unchanged if the script's result is truthy (in Computo's sense: `0 "" [] {}` are not). */
export const filter: PlainKind<{ readonly name?: string | undefined }, ScriptStagePlan> = {
  kind: 'filter',
  schema,
  scripts: [['filter']],
  plan: async (settings, make) => await planScriptStage('filter', settings, make),
  shape: (data) => data,
  meaning: ({ script }) => [scriptMeaning(script)],
  compile({ name, script }, context) {
    const condition = compileScript(script, name, context);
    return {
      name,
      needsContext: condition.needsContext,
      run: (data, context) => (isTruthy(condition.run(data, context)) ? data : FILTERED),
    };
  },
  lazily: ({ script }) => ({ script, gives: 'passage' }),
};
