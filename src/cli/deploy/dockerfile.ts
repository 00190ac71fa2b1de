/** A Dockerfile for a clone of the repository: an ordinary user, one volume, a health check. */
export const DOCKERFILE = `# In a clone of the repository:
#   colloquium init --docker > Dockerfile && docker build -t colloquium .
# The config is mounted; its storage.disk_path, outputs and dead_letter name folders under /var/lib/colloquium:
#   docker volume create colloquium
#   docker run --rm -v colloquium:/var/lib/colloquium colloquium token create --role admin
#   docker run -d -p 8080:8080 -v colloquium:/var/lib/colloquium -v ./colloquium.yaml:/etc/colloquium/colloquium.yaml:ro colloquium
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
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \\
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/colloquium/bin/colloquium.js"]
CMD ["serve", "-c", "/etc/colloquium/colloquium.yaml", "--host", "0.0.0.0"]
`;
