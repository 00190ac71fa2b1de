// Tries the installed program with everyday commands, in an empty folder. By itself it does so with other versions of Node, which npm
// fetches: `node .config/smoke.js 22 24`.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import install from './install.js';
import { startFakes } from './fakes.js';

const configFor = ({ url, apiKey }) => `
server: { port: 0 }
ai_providers: { openai: { base_url: "${url}", api_key: ${apiKey} } }
state_dir: ./state
pipelines:
  default: { stages: [{ computo: '{n: /n + 1}' }], outputs: [{ file: ./out.ndjson }] }
  label: { stages: [{ ai: { model: gpt-4o-mini, prompt: 'Is \${/n} good?', max_tokens: 9, into: /a } }], outputs: [{ stdout: true }] }
tests:
  - { name: one more, input: [{ n: 1 }], output: [{ n: 2 }] }
`;

/**
 * @param program with which each command line begins
 * @throws Error with what it printed, when a command does something else than it should
 */
export async function smoke(program) {
  const cwd = mkdtempSync(join(tmpdir(), 'colloquium-smoke-'));
  const { fakes, close } = await startFakes(['openai']);
  writeFileSync(join(cwd, 'colloquium.yaml'), configFor(fakes.openai));
  const run = (args, options) => trial(program, args, { cwd, ...options });
  try {
    await run(['--version'], { prints: /^\d+\.\d+\.\d+\n$/ });
    await run(['-e', '{/big, n: /n + 1}'], {
      input: '{"big":123456789012345678901,"n":41}\n',
      prints: /^\{"big":123456789012345678901,"n":42\}\n$/,
    });
    await run(['check'], { says: /no mistakes/ });
    await run(['-p', 'label'], {
      input: '{"n":1}\n',
      prints: /"a":\{"provider":"openai"/,
      says: /1 AI call, 1 attempt/,
    });
    await run(['test'], { says: /one more/ });
    await run(['serve'], { onListening: send, says: /listening/ });
    if (readFileSync(join(cwd, 'out.ndjson'), 'utf8') !== '{"n":2}\n')
      throw new Error('serve did not process its event');
    await run(['replay', '--since', '0'], { prints: /^\{"n":2\}\n$/, says: /1 in, 1 out/ });
  } finally {
    await close();
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Gives a daemon an event. */
async function send(said) {
  const [url] = /http:\/\/[\d.]+:\d+/.exec(said) ?? [];
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${url}/events`, { method: 'POST', headers, body: '{"n":1}' });
  if (status >= 300) throw new Error(`an event was answered with ${status}`);
}

async function trial([file, ...begin], args, { cwd, input = '', prints = /(?:)/, says = /(?:)/, onListening }) {
  const child = spawn(file, [...begin, ...args], { cwd, env: { PATH: process.env.PATH, HOME: cwd } });
  let printed = '';
  let said = '';
  let sent;
  child.stdin.end(input);
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => {
    said += text;
    if (onListening === undefined || sent !== undefined || !said.includes('listening')) return;
    sent = onListening(said).finally(() => child.kill('SIGTERM'));
  });
  const [code] = await once(child, 'close');
  await sent;
  if (code === 0 && prints.test(printed) && says.test(printed + said) && !/warning/i.test(said)) return;
  throw new Error(`colloquium ${args.join(' ')} ended with ${code}: ${printed}${said}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  install();
  for (const version of process.argv.slice(2)) {
    const folder = mkdtempSync(join(tmpdir(), 'colloquium-node-'));
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, `node@${version}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const node = join(folder, 'node_modules/node/bin/node');
    await smoke([node, join(process.env.COLLOQUIUM_INSTALLED, 'bin/colloquium')]);
    console.log(
      `Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}: all commands do what they should`,
    );
    rmSync(folder, { recursive: true, force: true });
  }
}
