import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configJsonSchema, testJsonSchema } from '../../config/index.js';
import { TEMPLATES, type TemplateName } from '../../config/starter/index.js';
import { KINDS } from '../../jobs/kinds/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { writeStderr } from '../terminal/stderr.js';

const CONFIG = 'colloquium.yaml';
const SAMPLE = 'sample.ndjson';
const TESTS = 'colloquium.test.yaml';
const SCHEMA = 'colloquium.schema.json';
const TESTS_SCHEMA = 'colloquium.test.schema.json';

/**
 * Writes a starter config, its sample, its tests and the schemas of both into a folder. Overwrites nothing: if one of the files exists,
 * none is written.
 *
 * @throws UserError
 */
export async function init(folder: string, name: TemplateName): Promise<ExitCode> {
  const template = TEMPLATES[name];
  const names = { sample: SAMPLE, schema: `./${SCHEMA}`, testsSchema: `./${TESTS_SCHEMA}` };
  const files = [
    { name: CONFIG, content: template.config(names) },
    { name: SAMPLE, content: template.sample },
    { name: TESTS, content: template.tests(names) },
    { name: SCHEMA, content: `${JSON.stringify(configJsonSchema(KINDS), null, 2)}\n` },
    { name: TESTS_SCHEMA, content: `${JSON.stringify(testJsonSchema(), null, 2)}\n` },
  ];
  await mkdir(folder, { recursive: true });
  const present = files.find(({ name }) => existsSync(join(folder, name)));
  if (present !== undefined) throw refused(join(folder, present.name));
  for (const { name, content } of files) {
    // Exclusive, because somebody may have created the file after the check.
    await writeFile(join(folder, name), content, { flag: 'wx' }).catch((error: unknown) => {
      throw error instanceof Error && 'code' in error && error.code === 'EEXIST' ? refused(join(folder, name)) : error;
    });
    writeStderr(`colloquium: wrote ${join(folder, name)}\n`);
  }
  const [first = '', ...then] = template.firstCommands(SAMPLE);
  const where = folder === '.' ? '' : `cd ${folder} && `;
  writeStderr(`  try it: ${where}${first}\n${then.map((command) => `          ${command}\n`).join('')}`);
  return EXIT.ok;
}

function refused(path: string): UserError {
  return new UserError(
    `${path} is there already, and nothing was written`,
    EXIT.usage,
    'name another folder: colloquium init FOLDER',
  );
}
