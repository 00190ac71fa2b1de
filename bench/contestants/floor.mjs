// The floor: one thread of Node parsing and printing every line, and nothing else. Usage: floor.mjs INPUT > OUTPUT
import { openSync, readSync, writeSync } from 'node:fs';

const BLOCK_BYTES = 1 << 20;
const input = openSync(process.argv[2]);
const block = Buffer.alloc(BLOCK_BYTES);
const decoder = new TextDecoder();
let rest = '';
for (let read = readSync(input, block); read > 0; read = readSync(input, block)) {
  const text = rest + decoder.decode(block.subarray(0, read), { stream: true });
  let lines = '';
  let at = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
    lines += `${JSON.stringify(JSON.parse(text.slice(at, end)))}\n`;
    at = end + 1;
  }
  rest = text.slice(at);
  for (let bytes = Buffer.from(lines); bytes.length > 0;) bytes = bytes.subarray(writeSync(1, bytes));
}
