import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import express, { type Express } from 'express'
import helmet from 'helmet'
import type { App } from '../app.ts'
import { Refused } from '../errors.ts'
import { KeyGuard } from '../verification/guesses.ts'
import { adminPages } from './staff/router.ts'
import { endpoints } from './api/endpoints.ts'
import { apiRouter } from './api/router.ts'
import { watchProxies, type UnknownProxy } from './forwarded.ts'
import { health } from './health.ts'
import { HttpProblem, notFound, onError } from './problem.ts'
import { checkPages } from './residents/akta/router.ts'
import { bookingPages } from './residents/booking.ts'
import { home } from './residents/home.ts'
import { noticePages } from './residents/notices/notices.ts'
import { bounceWebhooks } from './webhooks/bounces.ts'
import { fhirWebhooks } from './webhooks/fhir.ts'
import { vonageWebhooks } from './webhooks/vonage.ts'
import { publishedKeys } from './well-known.ts'

const assets = fileURLToPath(new URL('assets/', import.meta.url))

/**
 * The whole web: residents at /, staff at /admin, machines at /api/v1, providers at /webhooks. No page has a script.
 */
export function createServer(app: App): Express {
  const server = express()
  server.disable('x-powered-by')
  server.set('etag', false)
  server.set('query parser', 'simple')
  server.set('trust proxy', app.config.TRUSTED_PROXIES)
  const proxy: UnknownProxy = { seen: false }
  server.use(watchProxies(app, proxy))
  server.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'data:'],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
        },
      },
      strictTransportSecurity: app.config.PUBLIC_URL.startsWith('https:'),
    }),
  )
  server.use((request, _response, next) => {
    if (request.url.includes('%00'))
      // PostgreSQL can't be asked for it, so nothing is there
      throw new HttpProblem(404, 'not-found', 'There is nothing at this address.')
    next()
  })
  server.use('/assets', express.static(assets, { maxAge: '1h', index: false }))
  server.get('/', home(app.config))
  server.use('/boka', bookingPages(app))
  server.use('/akta', checkPages(app))
  server.get('/.well-known/kallelse-keys.json', publishedKeys(app))
  server.use('/meddelanden', noticePages(app))
  server.get('/health', health(app))
  server.use('/admin', adminPages(app, proxy))
  const keys = new KeyGuard(app.pool)
  server.use('/api/v1', apiRouter(app, endpoints, keys))
  server.use('/webhooks/vonage', vonageWebhooks(app))
  server.use('/webhooks/bounces', bounceWebhooks(app))
  server.use('/webhooks/fhir', fhirWebhooks(app, keys))
  server.use(notFound(app.config))
  server.use(onError(app))
  return server
}

export interface Listening {
  url: string
  /** Takes no more requests, and waits a while for those under way to be answered. */
  close(): Promise<void>
}

/** How long a request that is under way may take to end when the server closes, ms: half a request never does. */
const lastAnswers = 3000

/**
 * Serves on HOST and PORT (0: any free one).
 * @throws Refused when the port is taken
 */
export async function listen(app: App): Promise<Listening> {
  const { HOST, PORT } = app.config
  const server = createHttpServer(
    // Longer than proxies keep an idle connection (nginx: 60 s), or they send a request into one that is being closed;
    // and than a page that waits in the booking line is away (10 s).
    { requestTimeout: 60_000, keepAliveTimeout: 75_000 },
    createServer(app),
  )
  await new Promise<void>((listening, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      failed(
        error.code === 'EADDRINUSE'
          ? new Refused(
              'port-taken',
              `Port ${PORT} on ${HOST} is taken by another program. Stop it, or set PORT.`,
            )
          : error,
      )
    })
    // Node takes one new connection each time round its loop: in a rush they queue here instead of being dropped and
    // tried again after 1, 3, 7 seconds.
    server.listen({ port: PORT, host: HOST, backlog: 4096 }, listening)
  })
  const { address, family, port } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise((closed) => {
        server.keepAliveTimeout = 1 // what is under way ends its connection too
        server.close(() => closed())
        server.closeIdleConnections()
        setTimeout(() => server.closeAllConnections(), lastAnswers).unref()
      }),
  }
}
