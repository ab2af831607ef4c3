import pino from 'pino'

export type Log = pino.Logger

/**
 * Logs to stderr: stdout is for results. Never log personal data: only ids, counts, states and codes. As a
 * second line of defence, fields that are known to carry personal data are removed.
 */
export function openLog(level: string): Log {
  const personal = [
    'identityNumber',
    'givenName',
    'familyName',
    'phone',
    'email',
    'recipient',
    'address',
    'to',
    'text',
    'content',
    'code',
  ]
  return pino(
    {
      level,
      base: null,
      redact: { paths: personal.flatMap((key) => [key, `*.${key}`]), remove: true },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ fd: 2, sync: true }),
  )
}
