import { head, lines, testFile, type StarterTemplate } from './template.js';

const firstCommands = (sample: string): readonly string[] => [
  'colloquium serve',
  `curl -T ${sample} -X POST -H 'content-type: application/x-ndjson' http://localhost:8080/events   # elsewhere`,
];

/** The daemon. */
export const SERVE: StarterTemplate = {
  summary: 'a daemon that takes events over HTTP',
  sample: lines([
    { id: 1, level: 'info', message: 'order placed' },
    { id: 2, level: 'error', message: 'card declined' },
  ]),
  tests: testFile(`  - name: errors go to a file of their own
    input: [{ id: 1, level: info }, { id: 2, level: error }]
    expect: [/id == 1, /id == 2]
    now: 2026-01-01T00:00:00Z
    outputs:
      errors: [{ id: 2, level: error, received: "2026-01-01T00:00:00.000Z" }]
      events: [{ id: 1, level: info, received: "2026-01-01T00:00:00.000Z" }]
`),
  firstCommands,
  config: (names) => `${head(names, firstCommands(names.sample))}
# "colloquium help serve" is the guide, http://localhost:8080/ the dashboard.
server:
  host: 127.0.0.1 # other addresses need a token: colloquium token create --role ingest
  port: 8080

storage:
  disk_path: ./data # every event is here before it is acknowledged
  retention_days: 7

pipelines:
  default:
    stages:
      - computo: 'merge($input, {received: time.format($inputs/1/timestamp)})'
    routing_key: /level ?? null # an event without a level is for the output with otherwise
    # With envelope: true in each, results keep the ids of their events: "colloquium replay --diff" compares with them.
    outputs:
      - file: ./out/errors.ndjson
        when: [error, fatal]
      - file: ./out/events.ndjson
        otherwise: true
        rotate_size: 100MB
        rotate_every: 1d
        retention_days: 30
        gzip: true
    dead_letter: ./out/dead.ndjson

# What should be told to a person, in the log and to a webhook:
alerts:
  rules:
    failing: { signal: error_rate, above: 0.05, for: 2m }
    full: { signal: disk_share, above: 0.9 }
`,
};
