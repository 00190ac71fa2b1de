import { cpus, totalmem } from 'node:os';

/** What the figures were taken on, and when. */
export function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return (
    `${date}, ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${memory} GB, ` +
    `${process.platform} ${process.arch}, Node ${process.versions.node}.`
  );
}
