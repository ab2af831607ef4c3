import type { Request, RequestHandler } from 'express'
import type { App } from '../app.ts'

/** Whether a proxy has been seen that TRUSTED_PROXIES doesn't know of: then all residents seem to have one address. */
export interface UnknownProxy {
  seen: boolean
}

const saysForWhom = (request: Request): boolean =>
  ['x-forwarded-for', 'forwarded', 'x-real-ip'].some((name) => name in request.headers)

/** Watches for requests of a proxy that isn't known, and warns once. */
export function watchProxies({ config, log }: App, proxy: UnknownProxy): RequestHandler {
  if (config.TRUSTED_PROXIES > 0) return (_request, _response, next) => next()
  if (new URL(config.PUBLIC_URL).protocol === 'https:')
    log.warn(
      'PUBLIC_URL is https and TRUSTED_PROXIES is 0: if a proxy is in front, all residents seem to have its address',
    )
  return (request, _response, next) => {
    if (!proxy.seen && saysForWhom(request)) {
      proxy.seen = true
      log.warn('a proxy says who it speaks for, and TRUSTED_PROXIES is 0: it is not believed')
    }
    next()
  }
}
