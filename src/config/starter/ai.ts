import { head, lines, testFile, type StarterTemplate } from './template.js';

const firstCommands = (sample: string): readonly string[] => [
  `colloquium run --dry-run ${sample}   # what it would cost: needs no key, sends nothing`,
  `OPENAI_API_KEY=… colloquium run --resume ${sample}`,
];

/** A question about each event. */
export const AI: StarterTemplate = {
  summary: 'a question to a model about each event, within a budget',
  sample: lines([
    { id: 1, text: 'Arrived a day early, and the colour is just right.' },
    { id: 2, text: 'The handle broke after a week.' },
    { id: 3, text: 'It is a kettle. It boils water.' },
  ]),
  tests: testFile(`  - name: a complaint is labelled, and costs what it should
    input: [{ id: 2, text: The handle broke after a week. }]
    ai: { answers: [{ json: { label: bad } }] } # or recorded, by "colloquium test --record"
    expect: /id == 2 and /label == "bad"
    calls: 1
    cost: { at_most: 0.001 }
  - name: a refusal is a dead letter
    input: [{ id: 1, text: hm }]
    ai: { answers: [{ error: refusal }] }
    dead_letters: [{ line: 1 }]
`),
  firstCommands,
  config: (names) => `${head(names, firstCommands(names.sample))}
# "colloquium help ai" is the guide.
ai_providers:
  openai: # or anthropic, google; another name with base_url is a server with OpenAI's API
    api_key: \${OPENAI_API_KEY} # read from the environment when it is needed
    models: [gpt-4o-mini]
    rate_limit: { requests_per_minute: 500, tokens_per_minute: 200000 }

cost_management:
  daily_budget: 1 # US dollars, a ceiling: a run stops before, and --resume continues

pipelines:
  default:
    stages:
      - ai:
          model: gpt-4o-mini
          system: You classify product reviews.
          prompt: 'What does the customer think? \${/text}'
          schema: # an answer that does not satisfy it becomes a dead letter
            type: object
            properties: { label: { enum: [good, bad, neutral] } }
            required: [label]
            additionalProperties: false
          max_tokens: 20
          into: /ai
      - computo: '{/id, label: /ai/response/label, cost: /ai/cost_usd}'
    outputs:
      - file: ./out/labels.ndjson
    dead_letter: ./out/dead.ndjson
`,
};
