import { connect, type Socket } from 'node:net';

/** Requests that are sent again and again, over several connections, each connection's next when its last is answered. */
export interface Load {
  readonly url: URL;
  /** Whole requests as bytes, taken in turn. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Sends them, with as little work as possible: the client shares the machine with the server.
 *
 * @returns how many were answered with 202, and in how many seconds
 * @throws Error on another answer
 */
export async function sendLoad({
  url,
  requests,
  connections,
  seconds,
}: Load): Promise<{ answered: number; seconds: number }> {
  const started = performance.now();
  const deadline = started + seconds * 1000;
  let sent = 0;
  let answered = 0;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket: Socket = connect(Number(url.port), url.hostname);
      const send = (): void => void socket.write(requests[sent++ % requests.length] ?? '');
      let text = '';
      socket.setNoDelay(true);
      socket.on('connect', send).on('error', reject);
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1');
        if (!isWhole(text)) return;
        if (!text.startsWith('HTTP/1.1 202')) {
          reject(new Error(text.slice(0, 500)));
          socket.destroy();
          return;
        }
        text = '';
        answered += 1;
        if (performance.now() < deadline) send();
        else socket.end(resolve);
      });
    });
  await Promise.all(Array.from({ length: connections }, one));
  return { answered, seconds: (performance.now() - started) / 1000 };
}

/** Whether a response has come to its end, by its length. */
function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const length = /^content-length: *([0-9]+)/im.exec(text.slice(0, headEnd))?.[1];
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= headEnd + 4 + Number(length);
}

/** A POST as bytes. */
export function postRequest(url: URL, path: string, type: string, body: string): Buffer {
  const bytes = Buffer.from(body);
  const head = `POST ${path} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: ${type}\r\ncontent-length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}
