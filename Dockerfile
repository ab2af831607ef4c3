# The database is a server of your own (DATABASE_URL); nothing here runs as root.
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional
COPY migrations migrations
COPY templates templates
COPY src src
USER node
ENV HOST=0.0.0.0 KALLELSE_DATA=/tmp/kallelse KALLELSE_OUT=/tmp/kallelse/out
EXPOSE 3000
HEALTHCHECK CMD node -e "fetch('http://127.0.0.1:3000/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
CMD ["node", "src/main.ts", "serve"]
