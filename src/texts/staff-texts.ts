import type pg from 'pg'
import { campaignNamed } from '../campaigns/store.ts'
import type { Clock } from '../clock.ts'
import { cohortById } from '../cohorts/store.ts'
import type { Config } from '../config.ts'
import { bookingFacts, campaignFacts } from './campaign-facts.ts'
import { textsThatMayLeave } from './may-leave.ts'
import { whoMayBook } from './who-may-book.ts'

export interface StaffText {
  template: string
  language: string
  version: string
  text: string
}

/**
 * What staff say on the phone about a campaign, or what is on the contact card at 1177.se, as the campaign is now: one
 * for each of its templates that has such a form.
 * @param asked.warning it is a time of heightened fraud
 * @throws Refused `unknown-campaign`
 */
export async function staffTexts(
  { pool, clock, config }: { pool: pg.Pool; clock: Clock; config: Config },
  name: string,
  asked: { form: 'phone-script' | 'contact-card'; language: string; warning: boolean },
): Promise<StaffText[]> {
  const { spec, state, cohortId } = await campaignNamed(pool, name)
  const { texts, refresh } = await textsThatMayLeave(pool, config)
  await refresh()
  const facts = {
    ...(spec.way === 'notice'
      ? {}
      : { who: whoMayBook((await cohortById(pool, cohortId))!.rule, state, spec.way) }),
    ...campaignFacts(spec, config),
    ...(spec.way === 'open' ? { booking: bookingFacts(spec, config) } : {}),
    campaignDate: clock.now(),
  }
  const templates = new Set(spec.channels.flatMap(({ steps }) => steps.map((s) => s.template)))
  return [...templates]
    .filter((template) => texts.languages(template, asked.form).length > 0)
    .map((template) => ({ template, ...texts.plain({ template, facts, ...asked }) }))
}
