// DuckDB as a program. Usage: duckdb.mjs FOLDER-WITH-IT THREADS SELECT INPUT OUTPUT
import { createRequire } from 'node:module';

const [, , folder, threads, select, input, output] = process.argv;
const { DuckDBInstance } = createRequire(folder)('@duckdb/node-api');
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const [columns, where = ''] = select.split(' WHERE ');
const from = `read_ndjson(${quoted(input)}, maximum_object_size = 16777216) AS events`;
const query = `SELECT ${columns} FROM ${from}${where && ` WHERE ${where}`}`;

const connection = await (await DuckDBInstance.create(':memory:', { threads })).connect();
await connection.run(`COPY (${query}) TO ${quoted(output)} (FORMAT json)`);
