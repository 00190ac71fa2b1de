import { ANY_SHAPE, objectShape } from 'computo-js';
import type { StagePlan, ScriptPlan } from '../../src/config/index.js';
import type { SchemaVocabulary } from '../../src/config/kinds/index.js';
import { scriptMeaning, type PlainKind } from '../../src/pipeline/stages/kind.js';
import { compileScript } from '../../src/pipeline/stages/script.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    tag: f
      .section({
        with: f.script().describe('A script whose result is put beside the data.'),
        as: f.text('a key').prefault('tag').describe('The key of it.'),
      })
      .describe('Puts the data under `of`, beside what a script makes of it.'),
    name: f.stageName(),
  });

interface TagPlan extends StagePlan {
  readonly script: ScriptPlan;
  readonly as: string;
}

/** A kind of stage that no pipeline knows: a tag beside the data. */
export const tag: PlainKind<ReturnType<typeof schema>['_output'], TagPlan> = {
  kind: 'tag',
  schema,
  scripts: [['tag', 'with']],
  async plan({ tag: { as }, name }, make) {
    const script = await make.script(['tag', 'with']);
    return script && { kind: 'tag', name: name ?? `tag-${make.placeOfKind}`, script, as };
  },
  shape(data, [made = ANY_SHAPE]) {
    const parts = [
      ['tag', made],
      ['of', data],
    ] as const;
    return objectShape(new Map(parts.map(([key, shape]) => [key, { shape, optional: false }])), false);
  },
  meaning: ({ script, as }) => [scriptMeaning(script), as],
  compile({ name, script, as }, context) {
    const tagger = compileScript(script, name, context);
    return {
      name,
      needsContext: tagger.needsContext,
      run: (data, context) => ({ [as]: tagger.run(data, context), of: data }),
    };
  },
};
