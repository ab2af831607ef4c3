import express, { type RequestHandler } from 'express'
import { received } from '../received.ts'

/**
 * Reads a form into request.body, each text as it may be kept; anything that is no form is an empty one.
 * @param most fields
 */
export const formBody = (limit: string, most: number): RequestHandler[] => [
  express.urlencoded({ extended: false, limit, parameterLimit: most }),
  (request, _response, next) => {
    request.body = received.parse(request.body ?? {})
    next()
  },
]
