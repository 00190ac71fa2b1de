import { existsSync, writeFileSync } from 'node:fs';

/** Rows for an AI stage, all different, made once. */
export function questionFile(folder: string, rows: number): string {
  const path = `${folder}questions-${rows}.ndjson`;
  if (existsSync(path)) return path;
  const lines = Array.from({ length: rows }, (_, row) =>
    JSON.stringify({ id: row, question: `What became of request ${row}, and was it slower than it should have been?` }),
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
