// The floor of taking events in: an HTTP server that reads bodies, answers 202 and does nothing else. Prints its URL.
import http from 'node:http';

const server = http.createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(202, { 'content-type': 'application/json' }).end('{}'));
});
server.listen(0, '127.0.0.1', () =>
  console.error(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })),
);
process.on('SIGTERM', () => process.exit(0));
