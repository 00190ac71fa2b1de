import { head, lines, testFile, type StarterTemplate } from './template.js';

const firstCommands = (sample: string): readonly string[] => [`colloquium run ${sample}`];

/** Files through a script. Its comments show what else a config can have. */
export const RUN: StarterTemplate = {
  summary: 'files through a filter and a script',
  sample: lines([
    { id: 1, level: 'info', service: 'shop', message: 'order placed', amount: 25.5 },
    { id: 2, level: 'debug', service: 'shop', message: 'cache miss' },
    { id: 3, level: 'error', service: 'billing', message: 'card declined', amount: 99 },
    { id: 4, level: 'info', service: 'search', message: 'query took 12 ms' },
  ]),
  tests: testFile(`  - name: debug messages are dropped, others are summarized
    input:
      - { id: 1, level: info, service: shop, message: order placed, amount: 25.5 }
      - { id: 2, level: debug, service: shop, message: cache miss }
    output:
      - { id: 1, what: "shop: order placed", level: info }

  # With an AI stage, the answers are given here, or recorded by "colloquium test --record":
  # - name: a complaint is answered
  #   input: [{ id: 3, level: error, service: shop, message: broken on arrival }]
  #   ai: { answers: [{ text: We are sorry. }] }
  #   expect: /ai/response == "We are sorry."
  #   calls: 1
`),
  firstCommands,
  config: (names) => `${head(names, firstCommands(names.sample))}
# Computo scripts by name. /id is a field of the event, {/id, what: …} an object; text stands under a | or in quotes.
# "colloquium operators" lists what there is, "colloquium help recipes" shows everyday jobs.
scripts:
  summarize: |
    {
      /id,
      what: /service ++ ": " ++ /message,
      /level,
    }

pipelines:
  default: # used where no pipeline is named
    stages:
      - filter: /level != "debug" # drops what gives a falsy value
      - computo: summarize # a name from above, a file such as ./script.computo, or the script itself
      # An AI stage sends a request for each event and puts the answer into the data:
      # - ai:
      #     request: | # gives { model, messages, max_tokens?, temperature? }
      #       {model: "gpt-4o-mini", messages: [{role: "user", content: /what}]}
      #     into: /ai
    # routing_key: /level # decides which outputs an event goes to
    # outputs: # without any, run writes to standard output
    #   - file: ./out/events.ndjson
    #     rotate_size: 100MB
    #     rotate_every: 1d
    #     retention_days: 7
    #     gzip: true
    #   - stdout: true
    #     when: [error]
    # dead_letter: ./out/dead.ndjson # where failed events go; without it, to standard error
    on_error: dead_letter # or: skip, stop, { default: <data> }

# AI providers. Keys come from the environment, never from this file.
# ai_providers:
#   openai:
#     api_key: "\${OPENAI_API_KEY}"
#     models: [gpt-4o-mini]
#     rate_limit: { requests_per_minute: 500, tokens_per_minute: 200000 }
# cost_management:
#   daily_budget: 5 # US dollars; a run stops there and can be resumed

# The daemon, "colloquium serve".
# server:
#   host: 127.0.0.1
#   port: 8080
#   max_body_size: 1MB
# storage:
#   disk_path: ./data
#   retention_days: 7

processing:
  worker_threads: 4 # at most; the machine's processors are the other limit
  max_line_size: 16MB # a longer line is a dead letter
`,
};
