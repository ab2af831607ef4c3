import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { Config } from '../../config.ts'
import { HttpProblem } from '../problem.ts'

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
const localNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * The staff's pages until there is a login: with ADMIN_PASSWORD whoever knows it (user admin); without, only a
 * browser on
 * this very machine that asks for it by a local name, and nobody who comes through a proxy.
 */
export const protect =
  ({ ADMIN_PASSWORD: password }: Config): RequestHandler =>
  (request, _response, next) => {
    if (password === undefined) {
      const proxied =
        request.get('forwarded') ?? request.get('x-forwarded-for') ?? request.get('via')
      if (
        !proxied &&
        loopback.has(request.socket.remoteAddress ?? '') &&
        localNames.has(request.hostname)
      )
        return next()
      throw new HttpProblem(
        403,
        'only-local',
        'These pages are shown only on the machine itself. Set ADMIN_PASSWORD to reach them from elsewhere, ' +
          'behind HTTPS.',
      )
    }
    const given = Buffer.from(
      /^Basic +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '',
      'base64',
    )
    if (timingSafeEqual(hash(given), hash(Buffer.from(`admin:${password}`)))) return next()
    throw new HttpProblem(
      401,
      'unauthorized',
      'Log in as admin with the password in ADMIN_PASSWORD.',
      { headers: { 'WWW-Authenticate': 'Basic realm="Kallelse", charset="UTF-8"' } },
    )
  }

const hash = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
