import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CASES } from './cases.js';
import { contestants } from './contestants/index.js';
import { machine } from './machine.js';
import { buildRevision } from './revision.js';
import { measureAgainst } from './measures/against.js';
import { measureAiCalls } from './measures/ai-calls.js';
import { measureBulk } from './measures/bulk.js';
import { measureEngine } from './measures/engine.js';
import { measureFleetCosts } from './measures/fleet-costs.js';
import { measureFleet } from './measures/fleet.js';
import { measureIngest } from './measures/ingest.js';
import { measureMemory } from './measures/memory.js';
import { measureReplay } from './measures/replay.js';
import { measureStartUp } from './measures/start-up.js';
import { measureSteady } from './measures/steady.js';
import { measureWays } from './measures/ways.js';
import type { Bench, Section } from './section.js';
import { soak } from './soak/soak.js';

/** Every measure, in the order of the report. A new one is a file in measures/ and a line here. */
const MEASURES: Readonly<Record<string, (bench: Bench) => Promise<Section>>> = {
  bulk: measureBulk,
  ways: measureWays,
  'start-up': measureStartUp,
  memory: measureMemory,
  engine: measureEngine,
  replay: measureReplay,
  ingest: measureIngest,
  steady: measureSteady,
  ai: measureAiCalls,
  fleet: measureFleet,
  'fleet-costs': measureFleetCosts,
};

const HELP = `npm run bench -- [options]
  --events <n>     events in the largest input (1000000)
  --rounds <n>     runs of each contestant, of which the median counts (5)
  --only <a,b>     measures: ${Object.keys(MEASURES).join(', ')}
  --cases <a,b>    cases: ${CASES.map(({ name }) => name).join(', ')}
  --compare <rev>  instead of measuring: this build beside that of another revision, in turn, as ratios with their spread
  --soak <min>     instead of measuring: a daemon under load for so long, and whether it loses events or grows
  --save           write the results to bench/RESULTS.md
`;

/** Measures, prints a report, and saves it when asked to. */
export async function main(root: string, args: readonly string[]): Promise<void> {
  // Certificates that every Node would read at its start: it makes all ratios to a Node look smaller.
  delete process.env['NODE_EXTRA_CA_CERTS'];
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string' },
      compare: { type: 'string' },
      soak: { type: 'string' },
      cases: { type: 'string' },
      save: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const folder = `${root}.bench/`;
  mkdirSync(folder, { recursive: true });
  if (values.soak !== undefined) {
    if (!(await soak(root, `${folder}soak`, Number(values.soak)))) process.exitCode = 1;
    return;
  }
  const cases = CASES.filter(({ name }) => isListed(name, values.cases));
  const rounds = Number(values.rounds);
  const bench: Bench = {
    root,
    folder,
    cases,
    events: Number(values.events),
    rounds,
    contestants: contestants(root, say),
    say,
  };

  const sections: Section[] = [];
  if (values.compare !== undefined) {
    sections.push(await measureAgainst(bench, values.compare, buildRevision(root, folder, values.compare)));
  }
  for (const [name, measure] of Object.entries(values.compare === undefined ? MEASURES : {})) {
    if (!isListed(name, values.only)) continue;
    say(`\n${name}`);
    sections.push(await measure(bench));
  }
  const report = `# Benchmarks\n\n${machine()}\n\n${sections.map(sectionText).join('\n\n')}\n`;
  process.stdout.write(`\n${report}`);
  if (values.save) writeFileSync(`${root}bench/RESULTS.md`, report);
}

function isListed(name: string, list: string | undefined): boolean {
  return list === undefined || list.split(',').includes(name);
}

function sectionText({ title, notes, table }: Section): string {
  const [head = [], ...rows] = table;
  const lines = [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows];
  return `## ${title}\n\n${notes}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`;
}

/** Progress goes where it does not get into the report. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
