import type { Request } from 'express'
import type { App } from '../../../app.ts'
import { residentPages, type Place } from '../resident-page.ts'
import { checkLanguages } from './language.ts'

export const showCheck = residentPages('akta', ['check', 'report', 'thanks'], checkLanguages)

export const placeIn = ({ config }: App, language: string): Place => ({
  language,
  region: { name: config.REGION_NAME, phone: config.REGION_PHONE },
})

/**
 * The language in the address, or the one that the browser asks for: never that of the message, which would tell of
 * its recipient.
 */
export const languageOf = (request: Request): string => {
  const given = request.params['language']
  return typeof given === 'string' ? given : request.acceptsLanguages(['sv', 'en', 'ar']) || 'sv'
}
