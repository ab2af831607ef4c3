import fc from 'fast-check'

/** The part of a JSON schema that our own schemas use. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  properties?: Record<string, Schema>
  items?: Schema
  required?: string[]
  minimum?: number
  maximum?: number
  pattern?: string
  format?: string
  example?: unknown
  examples?: unknown[]
}

const nasty = [
  '\0',
  'Anna\0Svensson',
  '\ud800',
  'a\udfff',
  '__proto__',
  'constructor',
  'toString',
  'xx',
  '',
  ' ',
  '\u202eannA',
  'A\u2028B',
  'A\u030aker',
  '0000-01-01',
  '0001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  '99999-01-01T00:00:00Z',
  '9999-12-31',
  '2021-02-30',
  '-1',
  '9223372036854775808',
  '1e308',
  'NaN',
  "' or 1=1 --",
  '%',
  '\\',
  '<script>',
  '{{x}}',
  '${x}',
  '../../etc/passwd',
  'x'.repeat(5000),
]

/** Texts that have broken programs, and any others. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 20 }),
)

const hostileNumber = fc.oneof(
  fc.constantFrom(0, -1, 1, 2, 1.5, 2 ** 31, 2 ** 53, 2 ** 63, 1e308, -1e308),
  fc.integer(),
)

/** Any JSON, with hostile texts in it, also as names. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  hostileNumber,
  fc.constantFrom(null, true, [], {}),
  fc.dictionary(hostileText, hostileText, { maxKeys: 3 }),
  fc.array(hostileText, { maxLength: 3 }),
)

/**
 * Values by a JSON schema: mostly right in form, now and then hostile where any text or number may be, or not as the
 * schema says at all.
 */
export function valuesOf(
  schema: Schema,
  schemas: Record<string, Schema>,
  depth = 0,
): fc.Arbitrary<unknown> {
  const inner = (s: Schema) => valuesOf(s, schemas, depth + 1)
  const right = (): fc.Arbitrary<unknown> => {
    if (depth > 6) return anyJson
    if (schema.$ref) return inner(schemas[schema.$ref.split('/').at(-1)!]!)
    if (schema.const !== undefined) return fc.constant(schema.const)
    if (schema.enum) return fc.constantFrom(...schema.enum)
    const one = schema.anyOf ?? schema.oneOf ?? schema.allOf
    if (one) return fc.oneof(...one.map(inner))
    const example = schema.example ?? schema.examples?.[0]
    if (example !== undefined)
      return fc.oneof({ weight: 3, arbitrary: fc.constant(example) }, hostileText)
    if (schema.type === 'object') return objectOf(schema, inner)
    if (schema.type === 'array')
      return fc.array(schema.items ? inner(schema.items) : anyJson, { maxLength: 3 })
    if (schema.type === 'boolean') return fc.boolean()
    if (schema.type === 'integer' || schema.type === 'number')
      return fc.oneof(fc.integer({ min: 1, max: 12 }), hostileNumber)
    if (schema.format === 'date')
      return fc.oneof(fc.constantFrom('2021-03-15', '1944-01-01'), hostileText)
    return schema.type === 'string' ? hostileText : anyJson
  }
  return fc.oneof({ weight: 12, arbitrary: right() }, { weight: 1, arbitrary: anyJson })
}

const objectOf = (
  { properties = {}, required = [] }: Schema,
  inner: (schema: Schema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> =>
  fc.record(Object.fromEntries(Object.entries(properties).map(([name, s]) => [name, inner(s)])), {
    requiredKeys: required.filter((name) => name in properties),
  })
