# 1. Compile: everything the lock file names, and the sources.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The one install script of the tree belongs to the devDependency `node` (a Node.js for machines
# whose own is older); this image has the right one already.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# 2. Run: the compiled gateway and its production dependencies, nothing else.
FROM node:24-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY --from=build /app/dist ./dist

# Everything above belongs to root: the gateway can read itself and write nothing.
USER node

# The catalog is no part of the image: mount it and set TOOLS_FILE, or set TOOL_SCOPES_JSON.
EXPOSE 8080
# Cloud Run and Kubernetes ignore this and have probes of their own: examples/cloud-run-deploy.md.
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 8080) + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Node is process 1, so that SIGTERM reaches it and calls in flight are finished.
CMD ["node", "dist/main.js"]
