// The floor of one event's way: reads a file, computes, writes a line, and says so. Usage: start-floor.cjs INPUT
'use strict';
const { readFileSync } = require('node:fs');

const { id } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
process.stdout.write(`${JSON.stringify({ id })}\n`);
process.stderr.write('1 in, 1 out\n');
