import type { Config } from '../config.ts'
import type { Db } from '../db/pool.ts'
import { stateOf, textApprovals } from './approvals.ts'
import { templatesFolder } from './files.ts'
import { loadTexts, type Texts, type TextVersion } from './texts.ts'

export interface TextsThatMayLeave {
  texts: Texts
  /**
   * Looks which translations are approved now; to be called before each piece of work. Until the first time
   * only Swedish is used.
   */
  refresh: () => Promise<void>
}

/**
 * The texts as they may be sent (promise 7): a translation that is a draft or stale is as if it were not there,
 * so that what would be in it is in Swedish, with the approved short text in the person's language if there is
 * one. A campaign can't be started with such texts (gate.ts); this holds for what has changed since, and for
 * texts that no campaign names: confirmations, offers, moved times, warnings. With ALLOW_DRAFT_TEXTS all are
 * used.
 */
export async function textsThatMayLeave(
  db: Db,
  config: Config,
  folder: string = templatesFolder,
): Promise<TextsThatMayLeave> {
  let usable: ReadonlySet<TextVersion> = new Set() // until the first refresh: Swedish alone
  const texts = await loadTexts(folder, (text) => config.ALLOW_DRAFT_TEXTS || usable.has(text))
  const refresh = async () => {
    if (config.ALLOW_DRAFT_TEXTS) return
    const approvals = await textApprovals(db)
    usable = new Set(texts.all().filter((text) => stateOf(text, approvals).state === 'approved'))
  }
  return { texts, refresh }
}
