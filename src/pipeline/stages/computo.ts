import { ANY_SHAPE } from 'computo-js';
import type { SchemaVocabulary } from '../../config/kinds/index.js';
import { planScriptStage, scriptMeaning, type PlainKind, type ScriptStagePlan } from './kind.js';
import { compileScript } from './script.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    computo: f
      .script()
      .describe(
        'A script such as {/id, who: /user/name}, its name under scripts, or a file like ./script.computo. Its result becomes the data.',
      ),
    name: f.stageName(),
  });

/** Replaces the data with the result of the script. */
export const computo: PlainKind<{ readonly name?: string | undefined }, ScriptStagePlan> = {
  kind: 'computo',
  schema,
  scripts: [['computo']],
  plan: async (settings, make) => await planScriptStage('computo', settings, make),
  shape: (_data, [made]) => made ?? ANY_SHAPE,
  meaning: ({ script }) => [scriptMeaning(script)],
  compile: ({ name, script }, context) => ({ name, ...compileScript(script, name, context) }),
  lazily: ({ script }) => ({ script, gives: 'data' }),
};
