# The build uses the Node that runs the application.
FROM node:24-slim AS build
WORKDIR /app
# Install scripts fetch Node and PostgreSQL, for laptops only.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json prisma.config.ts ./
COPY prisma ./prisma
COPY public ./public
COPY dev/compress-assets.ts ./dev/
COPY dev/prisma/generate-client.ts ./dev/prisma/
COPY src ./src
RUN npm run build

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The peer dependency of @prisma/client is Prisma's CLI, three times as large as everything else.
RUN npm ci --omit=dev --omit=peer --omit=optional --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
# The binaries of sharp: to npm they are optional, as is Prisma's CLI.
COPY --from=build /app/node_modules/@img ./node_modules/@img
# package.json has "type": "module".
COPY package.json run.mjs LICENSE ./
# This image can also apply migrations: node dist/database/migrate-command.js
COPY prisma ./prisma
COPY --from=build /app/public ./public
COPY --from=build /app/dist ./dist

# The application writes no file, so a read-only root file system works.
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without npm there is one process less, and signals arrive at once. The size is in MiB: docs/performance.md, "Memory".
CMD ["node", "--enable-source-maps", "--max-semi-space-size=16", "dist/main.js"]
