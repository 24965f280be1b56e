# Build with the same Node that runs it.
FROM node:24-slim AS build
WORKDIR /app
# Install scripts are for laptops: they fetch Node and PostgreSQL.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json prisma.config.ts ./
COPY prisma ./prisma
COPY public ./public
COPY dev/prisma/generate-client.ts ./dev/prisma/
COPY src ./src
RUN npm run build

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Not the peers: @prisma/client would bring Prisma's CLI with it, three times as large as all the rest.
RUN npm ci --omit=dev --omit=peer --omit=optional --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
# "type": "module" stands in it.
COPY package.json run.mjs LICENSE ./
# Migrations are applied from this image too: node dist/database/migrate-command.js
COPY prisma ./prisma
COPY --from=build /app/public ./public
COPY --from=build /app/dist ./dist

# Nothing of it is written to at run time: it works with a read-only root file system.
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: one process less, and the signals arrive at once.
CMD ["node", "--enable-source-maps", "dist/main.js"]
