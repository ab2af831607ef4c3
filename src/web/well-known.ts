import type { RequestHandler } from 'express'
import type { App } from '../app.ts'
import { keyFileOf } from '../verification/signing-keys.ts'

/** GET /.well-known/kallelse-keys.json: the keys by which a letter's 2D code can be checked offline. */
export const publishedKeys =
  ({ pool, config }: App): RequestHandler =>
  async (_request, response) => {
    response
      .set('Cache-Control', 'public, max-age=3600')
      .json(await keyFileOf(pool, { issuer: config.REGION_NAME, publicUrl: config.PUBLIC_URL }))
  }
