import type { z } from 'zod'
import type { App } from '../../app.ts'
import type { Right } from '../../staff/api-keys.ts'

/** One address of the API: what it takes and gives is checked, documented and carried out from this. One file each. */
export interface Endpoint<
  P extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> {
  method: 'get' | 'post'
  /** below /api/v1, with {name} for parameters */
  path: `/${string}`
  summary: string
  /** what the key must be good for */
  right: Right
  params?: P
  body?: B
  answer: A
  /** 200 when not given */
  status?: 200 | 201
  /** a POST that changes something: needs an Idempotency-Key, and is carried out once for each */
  once?: true
  /** it finds somebody by what the caller says: a key may be wrong only so often */
  finds?: true
  /** clinic: the key's, an HSA-id; null: all */
  handle(
    app: App,
    request: { params: z.infer<P>; body: z.infer<B>; actor: string; clinic: string | null },
  ): Promise<unknown>
}

/** Keeps the types of params and body inside `handle`. */
export const endpoint = <P extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>(
  e: Endpoint<P, B, A>,
): Endpoint => e
