import type { RequestHandler } from 'express'
import type { Config } from '../../config.ts'
import { page } from '../view/page.ts'
import { regionOf } from '../region.ts'

/** GET /: what a kallelse is and how the region contacts people. */
export function home(config: Config): RequestHandler {
  const html = page('residents/home.hbs')({
    ...regionOf(config),
    title: `Kallelser från ${config.REGION_NAME}`,
  })
  return (_request, response) =>
    void response.type('html').set('Cache-Control', 'public, max-age=300').send(html)
}
