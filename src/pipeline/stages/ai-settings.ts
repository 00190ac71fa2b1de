import type { SchemaVocabulary } from '../../config/kinds/index.js';
import { NUMBERS, REASONING_EFFORTS } from '../../ai/request/index.js';
import { cascading } from './cascade-steps.js';
import { inLane } from './in-lane.js';
import { servedBy } from './served-by.js';
import { taggedWith } from './tags.js';

/** The settings of an AI stage. */
export const aiSettings = (f: SchemaVocabulary) =>
  f.section({
    ai: f
      .section({
        prompt: f
          .text('a prompt such as "Sentiment of: ${/text}"')
          .optional()
          .describe(
            'What is asked, as a template: ${/pointer} puts in a value of the data (JSON where it is no text), ${/pointer:-text} says what stands for a missing one.',
          ),
        prompt_file: f.path().optional().describe('A file that holds the prompt, beside the config.'),
        system: f.text('text').optional().describe('The system message, a template as prompt is.'),
        request: f
          .script()
          .optional()
          .describe(
            'In place of a prompt: the whole request, { model, messages, max_tokens?, temperature?, provider?, … }. A map whose texts are templates, or a script that makes it.',
          ),
        model: f.text('a model name').optional().describe('The model where the request names none.'),
        ...cascading(f),
        ...servedBy(f),
        ...inLane(f),
        schema: f
          .jsonSchema()
          .optional()
          .describe('JSON Schema that the answer must satisfy: a path, or the schema itself.'),
        schema_mode: f
          .choice(['auto', 'strict', 'json_schema', 'json_object', 'prompt', 'tool'])
          .prefault('auto')
          .describe('How a provider is bound to the schema. auto: in the best way that provider and model take.'),
        into: f.jsonPointer().optional().describe('Where the answer lands in the data. Default: it replaces the data.'),
        max_tokens: f.integer(1).prefault(1000).describe('Most output tokens where the request says nothing.'),
        temperature: f
          .fraction(NUMBERS.temperature.min, NUMBERS.temperature.max)
          .optional()
          .describe('Where the request has none. Default: none is sent.'),
        top_p: f.fraction(NUMBERS.top_p.min, NUMBERS.top_p.max).optional().describe('As temperature.'),
        seed: f
          .integer(NUMBERS.seed.min + 1, NUMBERS.seed.max - 1)
          .optional()
          .describe('As temperature.'),
        stop: f
          .alternatives('text, or a list of texts', [f.text('text'), f.list('texts', f.text('text'))], (input) =>
            Array.isArray(input) ? 1 : 0,
          )
          .optional()
          .describe('Where an answer ends.'),
        reasoning_effort: f
          .choice(REASONING_EFFORTS)
          .optional()
          .describe('How much a model thinks that thinks before it answers.'),
        tools: f.json('a list of functions').optional().describe('Functions that the model may ask to be called.'),
        tool_choice: f
          .json('auto, none, required or { name }')
          .optional()
          .describe('Whether it must ask for one of the tools. Default: it may.'),
        extra: f
          .json('a map')
          .optional()
          .describe("Merged into the body of the provider's request as it is, where the request has no extra."),
        ...taggedWith(f),
        dedupe: f.flag().prefault(false).describe('Send equal requests once and share the answer.'),
        on_truncated: f
          .choice(['retry', 'keep', 'fail'])
          .prefault('retry')
          .describe('An answer that max_tokens cuts off: ask once more with a larger cap, keep it, or fail.'),
        fallback_on: f
          .list('outcomes', f.choice(['content_filter', 'context_length', 'truncated']))
          .min(1, { error: 'expected at least one outcome' })
          .default([])
          .describe(
            'Outcomes at one provider for which the next one of the stage is asked, instead of failing the event.',
          ),
        stream: f
          .flag()
          .optional()
          .describe('Let answers come as they are written, where the server can. Default: as the provider is set.'),
        cache: f
          .flag()
          .prefault(false)
          .describe(
            "Have what all requests begin with kept in the provider's cache: system, messages and prompt up to the first placeholder.",
          ),
        in_doubt: f.choice(['retry', 'hold', 'fail']).optional().describe('As journal.in_doubt, for this stage.'),
        name: f.stageName(),
      })
      .describe('Sends a request to an AI provider and puts the answer into the data.'),
    name: f.stageName(),
  });

export type AiSettings = ReturnType<typeof aiSettings>['_output'];
