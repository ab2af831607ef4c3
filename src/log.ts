import pino from 'pino'

export type Log = pino.Logger

/**
 * Logs to stderr: stdout is for results. Never log personal data: only ids, counts, states and codes. As a
 * second line of defence, fields that are known to carry personal data are removed. A warning or an error that is said
 * again and again (the database is gone) is counted instead: see countRepeats.
 * @param to where lines are written
 */
export function openLog(
  level: string,
  to: pino.DestinationStream = pino.destination({ fd: 2, sync: true }),
): Log {
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
      hooks: { logMethod: countRepeats() },
    },
    to,
  )
}

/** How long a line that was written is only counted, milliseconds. */
const countedFor = 30_000
/** Different lines counted at once; what comes beyond is written. */
const mostCounted = 1000
const warn = pino.levels.values['warn']!

type LogMethod = NonNullable<NonNullable<pino.LoggerOptions['hooks']>['logMethod']>

/**
 * Writes a warning or an error with a `reason` once, and then each half minute how often it was said since (`times`):
 * with the database gone, a dozen queues and lanes would write a thousand lines in 40 s. Jobs have a number each, so
 * that isn't looked at.
 */
function countRepeats(): LogMethod {
  const repeated = new Map<string, number>()
  return function (args, write, level) {
    const [fields, words] = args as unknown[]
    if (level < warn || typeof fields !== 'object' || fields === null || !('reason' in fields))
      return write.apply(this, args)
    const line = JSON.stringify([words, { ...fields, job: undefined, stack: undefined }])
    const before = repeated.get(line)
    if (before !== undefined) return void repeated.set(line, before + 1)
    write.apply(this, args)
    if (repeated.size >= mostCounted) return
    repeated.set(line, 0)
    const timer = setInterval(() => {
      const times = repeated.get(line)!
      repeated.set(line, 0)
      if (times > 0) return write.apply(this, [{ ...fields, times }, words as string])
      repeated.delete(line)
      clearInterval(timer)
    }, countedFor)
    timer.unref()
  }
}
