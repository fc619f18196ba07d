# One image per service, from the root of the repository:
#   docker build --file infra/docker/service.Dockerfile --build-arg SERVICE=message --tag parley-message .
#
# Node runs the TypeScript as it is, so no service is compiled; the workspace keeps its shape because Node strips
# no types below node_modules.
FROM node:24.21.0-bookworm-slim AS packages
ARG SERVICE
WORKDIR /parley
RUN npm install --global --ignore-scripts pnpm@12.21.0
COPY . .
# The gateway serves the web app, which is the one thing that is built.
RUN if [ "${SERVICE}" = gateway ]; then \
  pnpm="$(npm root --global)/pnpm/bin/pnpm.mjs" && \
  node "$pnpm" install --frozen-lockfile --ignore-scripts --pm-on-fail=ignore --filter "@parley/web..." && \
  node "$pnpm" --filter @parley/web build; fi
RUN node "$(npm root --global)/pnpm/bin/pnpm.mjs" install --frozen-lockfile --prod --ignore-scripts --pm-on-fail=ignore \
  --filter "@parley/${SERVICE}-service..."

FROM node:24.21.0-bookworm-slim
ARG SERVICE
ENV SERVICE=${SERVICE} NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /parley
COPY --from=packages /parley/package.json /parley/pnpm-workspace.yaml ./
COPY --from=packages /parley/node_modules ./node_modules
COPY --from=packages /parley/packages ./packages
COPY --from=packages /parley/services/${SERVICE} ./services/${SERVICE}
USER node
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# exec, so that the service itself gets SIGTERM and drains.
CMD ["sh", "-c", "exec node --disable-proto=delete services/$SERVICE/src/main.ts"]
