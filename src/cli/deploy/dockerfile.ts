/**
 * A Dockerfile for a clone of the repository, with an unprivileged user, one volume, and a health check.
 *
 * @param address where the daemon answers on its own machine
 */
export function dockerfile({ protocol, port: given }: URL): string {
  const isSecure = protocol === 'https:';
  const port = given === '' ? (isSecure ? '443' : '80') : given;
  const scheme = isSecure ? 'https' : 'http';
  // A certificate is issued for the machine's name, but this request uses its address.
  const lax = isSecure ? ', { rejectUnauthorized: false }' : '';
  return `# In a clone of the repository:
#   colloquium init --docker > Dockerfile && docker build -t colloquium .
# The config is mounted; its storage.disk_path, outputs and dead_letter name folders under /var/lib/colloquium:
#   docker volume create colloquium
#   docker run --rm -v colloquium:/var/lib/colloquium colloquium token create --role admin
#   docker run -d -p ${port}:${port} -v colloquium:/var/lib/colloquium -v ./colloquium.yaml:/etc/colloquium/colloquium.yaml:ro colloquium
# It listens on all addresses of the container, and lets in only who has a token.

FROM node:22-slim AS build
WORKDIR /build
COPY . .
RUN npm ci && npm run build && npm prune --omit=dev

FROM node:22-slim
ENV NODE_ENV=production XDG_STATE_HOME=/var/lib
COPY --from=build /build/package.json /opt/colloquium/
COPY --from=build /build/bin /opt/colloquium/bin
COPY --from=build /build/dist /opt/colloquium/dist
COPY --from=build /build/src/computo-js /opt/colloquium/src/computo-js
COPY --from=build /build/node_modules /opt/colloquium/node_modules
RUN install -d -o node -g node -m 0700 /var/lib/colloquium
USER node
WORKDIR /var/lib/colloquium
VOLUME /var/lib/colloquium
EXPOSE ${port}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \\
  CMD ["node", "-e", "require('node:${scheme}').get('${scheme}://127.0.0.1:${port}/livez'${lax}, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/colloquium/bin/colloquium.js"]
CMD ["serve", "-c", "/etc/colloquium/colloquium.yaml", "--host", "0.0.0.0"]
`;
}
