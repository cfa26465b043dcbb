# syntax=docker/dockerfile:1
# The image of every process: `pulse intake`, `consume`, `serve`, `migrate`, `up` and the commands.
# Debian, because the embedded engine is built for glibc.
# A release of Node that is still maintained; the program itself needs 20.11 or later.
ARG NODE_IMAGE=node:24.9.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# what is locked first: it changes less often than the sources. Scripts are off, since `prepare`
# would build before the sources are there; no dependency needs one.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY schemas schemas
COPY producers producers
COPY consumers consumers
COPY dashboards dashboards
COPY cli cli
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    PULSE_HOST=0.0.0.0 \
    PULSE_DATA=/var/lib/pulse
WORKDIR /app
# owned by root: the account that runs it may write only its data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY schemas/tables/migrations schemas/tables/migrations
COPY bin bin
COPY deploy/healthcheck.mjs deploy/healthcheck.mjs
COPY package.json LICENSE ./
RUN install -d -o 1000 -g 1000 -m 0700 /var/lib/pulse
# by number, so that a host can tell that it is not root
USER 1000:1000
EXPOSE 8080 8081
# `up` opens an embedded store, which may have to fold what an unclean stop left: hence the patience
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["node", "/app/deploy/healthcheck.mjs"]
ENTRYPOINT ["sh", "/app/bin/pulse"]
CMD ["up"]
