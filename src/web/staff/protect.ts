import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import type { App } from '../../app.ts'
import { SlowDoor } from '../../verification/slow-door.ts'
import { HttpProblem } from '../problem.ts'

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
const localNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** What proxies add, each its own; a request that has any of them was not made on this machine. */
const proxied =
  /^(forwarded|via|true-client-ip|cf-.*|x-(forwarded|real|client|original|cluster).*)$/

/**
 * The staff's pages until there is a login: with ADMIN_PASSWORD whoever knows it (user admin). Without, only a browser
 * on this very machine that asks for it by a local name, and only where this is a trial: a proxy that adds no header is
 * seen as such a browser, so not where a database or an address of the region's is set.
 */
export function protect({ config, log }: App): RequestHandler {
  const { ADMIN_PASSWORD: password } = config
  const trial =
    config.DATABASE_URL === undefined && localNames.has(new URL(config.PUBLIC_URL).hostname)
  if (password === undefined)
    return (request, _response, next) => {
      if (trial && isLocal(request)) return next()
      throw new HttpProblem(
        403,
        'only-local',
        trial
          ? 'These pages are shown only on the machine itself. Set ADMIN_PASSWORD to reach them from elsewhere, behind HTTPS.'
          : 'These pages need a password: set ADMIN_PASSWORD.',
      )
    }
  const door = new SlowDoor()
  const right = hash(Buffer.from(`admin:${password}`))
  return async (request, _response, next) => {
    const given = /^Basic +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1]
    if (given === undefined) throw unauthorized()
    const answer = await door.ask(request.ip ?? '', () =>
      timingSafeEqual(hash(Buffer.from(given, 'base64')), right),
    )
    if (answer === true) return next()
    if (answer === 'too-many')
      throw new HttpProblem(
        429,
        'too-many',
        'There have been too many wrong passwords. Wait a while.',
        {
          headers: { 'Retry-After': '60' },
        },
      )
    log.warn("a wrong password for the staff's pages")
    throw unauthorized()
  }
}

// No browser speaks HTTP/1.0; a proxy that says nothing of whom it speaks for (nginx by default) does.
const isLocal = (request: Request): boolean =>
  request.httpVersion !== '1.0' &&
  !Object.keys(request.headers).some((name) => proxied.test(name)) &&
  loopback.has(request.socket.remoteAddress ?? '') &&
  localNames.has(request.hostname)

const unauthorized = (): HttpProblem =>
  new HttpProblem(401, 'unauthorized', 'Log in as admin with the password in ADMIN_PASSWORD.', {
    headers: { 'WWW-Authenticate': 'Basic realm="Kallelse", charset="UTF-8"' },
  })

const hash = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
