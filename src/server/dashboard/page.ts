import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The page, and what its browser may load: the page's own content and the daemon's answers. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/** Reads the page that the build made: one file with everything in it. */
export async function loadPage(file: URL): Promise<Page> {
  const html = await readFile(file, 'utf8');
  const policy = [
    "default-src 'none'",
    `script-src ${hashesOf(html, 'script')}`,
    // uPlot sets sizes through scripts, which needs no permission; the style sheet itself has a hash.
    `style-src ${hashesOf(html, 'style')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

function hashesOf(html: string, element: 'script' | 'style'): string {
  const bodies = [...html.matchAll(new RegExp(`<${element}[^>]*>(.*?)</${element}>`, 'gs'))].map(
    ([, body = '']) => body,
  );
  return bodies.map((body) => `'sha256-${createHash('sha256').update(body).digest('base64')}'`).join(' ');
}
