import { approvedTexts } from '../campaigns/approvals.ts'
import type { CampaignSpec } from '../campaigns/spec.ts'
import { changedTexts, pausedForTexts } from '../campaigns/text-versions.ts'
import type { Db } from '../db/pool.ts'
import { fallbackLanguage } from '../texts/languages.ts'
import { textName, textsFor } from '../texts/campaign-texts.ts'
import type { Texts } from '../texts/texts.ts'
import type { Due } from './claim.ts'

type Use = Pick<Due, 'campaignId' | 'template' | 'channel' | 'language' | 'spec'>

/**
 * Campaigns that would now send a text in another version than two people have approved (promise 7), each with the
 * reason to pause it. What a campaign's approval doesn't name goes by the rule of texts/may-leave.ts alone:
 * confirmations, offers, moved times, and the short text on a correction in a language that the correction itself is
 * not in.
 * @param uses what is about to be composed
 */
export async function textsChanged(
  db: Db,
  texts: Texts,
  uses: readonly Use[],
): Promise<Map<number, string>> {
  const once = [...new Map(uses.map((use) => [`${use.campaignId} ${textName(use)}`, use])).values()]
  const changed = new Map<number, string>()
  for (const { campaignId, texts: approved, approvers } of await approvedTexts(db, [
    ...new Set(once.map((use) => use.campaignId)),
  ])) {
    if (approved === null) continue
    const named = once.filter(
      (use) =>
        use.campaignId === campaignId &&
        textName({ ...use, language: fallbackLanguage }) in approved,
    )
    const used = named.flatMap(({ template, channel, language, spec }) =>
      textsFor(
        texts,
        template,
        channel,
        spec.languages.includes(language) ? language : fallbackLanguage,
      ),
    )
    const now = Object.fromEntries(used.map((text) => [textName(text), text.version]))
    const faults = changedTexts(approved, now, Object.keys(now))
    if (faults.length > 0) changed.set(campaignId, pausedForTexts + faults.join('; '))
    else if (named.length > 0 && approvers.length < 2)
      changed.set(campaignId, `${pausedForTexts}${approvers.join()} (1/2)`)
  }
  return changed
}

/** The letters that a campaign's own steps can make. */
export const letterUses = ({ id, spec }: { id: number; spec: CampaignSpec }): Use[] =>
  spec.channels
    .flatMap((route) => route.steps)
    .flatMap(({ template, channel }) =>
      channel === 'letter'
        ? [fallbackLanguage, ...spec.languages].map((language) => ({
            campaignId: id,
            template,
            channel,
            language,
            spec,
          }))
        : [],
    )
