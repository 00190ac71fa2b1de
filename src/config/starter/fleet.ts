import { head, lines, testFile, type StarterTemplate } from './template.js';

const firstCommands = (sample: string): readonly string[] => [
  'nats-server -js',
  'colloquium serve   # on each machine',
  `curl -T ${sample} -X POST -H 'content-type: application/x-ndjson' http://localhost:8080/events   # elsewhere`,
];

/** Several daemons that share the work. */
export const FLEET: StarterTemplate = {
  summary: 'daemons on several machines that share the work through NATS',
  sample: lines([
    { id: 1, user: 'ada', amount: 3 },
    { id: 2, user: 'bo', amount: 5 },
    { id: 3, user: 'ada', amount: 2 },
  ]),
  tests: testFile(`  - name: amounts are doubled
    input: [{ id: 1, user: ada, amount: 3 }]
    output: [{ id: 1, user: ada, doubled: 6 }]
`),
  firstCommands,
  config: (names) => `${head(names, firstCommands(names.sample))}
# "colloquium help fleet" is the guide. All daemons have the same config.
nats:
  url: \${NATS_URL:-nats://127.0.0.1:4222}

fleet:
  join: true
  order_by: /user # events of a user are worked on one after the other
  replicas: 1 # 3 with three NATS servers or more: events survive a machine

server:
  port: 8080

pipelines:
  default:
    stages:
      - computo: '{/id, /user, doubled: 2 * /amount}'
    outputs:
      - file: ./out/events.ndjson # of the events that this machine worked on
    dead_letter: ./out/dead.ndjson
`,
};
