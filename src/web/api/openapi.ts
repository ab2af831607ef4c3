import { z } from 'zod'
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi'
import { problem } from '../problem.ts'
import type { Endpoint } from './endpoint.ts'

const failure = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
})

/** The OpenAPI 3.1 document, from the very schemas that requests are checked with. */
export function describeApi(endpoints: readonly Endpoint[], publicUrl: string): object {
  const paths: ZodOpenApiPathsObject = {}
  for (const endpoint of endpoints) {
    const path = `/api/v1${endpoint.path}`
    paths[path] = { ...paths[path], [endpoint.method]: describe(endpoint) }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Kallelse',
      version: '1',
      description:
        "Invites a region's population to care. Errors are problem details (RFC 9457); a POST that changes " +
        'something needs an Idempotency-Key.',
    },
    servers: [{ url: publicUrl }],
    security: [{ apiKey: [] }],
    components: {
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'kallelse api-key create NAME --rights read,write',
        },
      },
    },
    paths,
  })
}

function describe(e: Endpoint): ZodOpenApiOperationObject {
  const headers = z.object({
    'Idempotency-Key': z.string().min(1).max(255).meta({
      description: 'the same key with the same request is carried out once and answered alike',
    }),
  })
  return {
    operationId: `${e.method}${e.path.replaceAll(/[^A-Za-z]+(\w)?/g, (_: string, letter?: string) => letter?.toUpperCase() ?? '')}`,
    summary: e.summary,
    description: `Needs a key with the right to ${e.right}.`,
    requestParams: {
      ...(e.params ? { path: e.params } : {}),
      ...(e.once ? { header: headers } : {}),
    },
    ...(e.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: e.body } } } }
      : {}),
    responses: {
      [String(e.status ?? 200)]: {
        description: 'done',
        content: { 'application/json': { schema: e.answer } },
      },
      400: failure('not as described here'),
      401: failure('no key, or one that is not in use'),
      403: failure('the key lacks the right'),
      ...(e.params ? { 404: failure('there is no such thing') } : {}),
      ...(e.once
        ? {
            409: failure('not in this state, or the first request is still at work (Retry-After)'),
            422: failure('refused, or the Idempotency-Key was used for another request'),
          }
        : {}),
    },
  }
}
