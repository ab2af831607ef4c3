import type { App } from '../app.ts'
import type { ApiKey } from '../staff/api-keys.ts'
import type { KeyGuard } from '../verification/guesses.ts'
import { HttpProblem } from './problem.ts'

/**
 * Carries out what a key asks for about people it names, unless it has named too many who are not here.
 * @param foundNobody whether an answer counts as a wrong guess
 * @throws HttpProblem 429
 */
export async function asKeyMay<T>(
  { clock }: App,
  keys: KeyGuard,
  key: ApiKey,
  work: () => Promise<T>,
  foundNobody: (answer: T) => boolean,
): Promise<T> {
  const answer = await keys.ask(clock.now(), key.id, async () => {
    const answer = await work()
    return { answer, wrong: foundNobody(answer) }
  })
  if (answer !== 'too-many') return answer
  throw new HttpProblem(
    429,
    'too-many',
    'This key has asked for too many people who are not here. Try again in an hour.',
    { headers: { 'Retry-After': '3600' } },
  )
}
