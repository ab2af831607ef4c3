import { approveCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { rows } from '../../src/db/pool.ts'
import { readKept } from '../../src/messages/stored-letters.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { textGate } from '../../src/texts/gate.ts'
import { createCorrection, type CorrectionOrder } from '../../src/notices/correct.ts'
import { createNotice } from '../../src/notices/notice.ts'
import { advanceNotice } from '../../src/notices/plan.ts'
import { sending, type Sending } from './sending.ts'

export const warningOrder = (over: object = {}) => ({
  name: 'bluffsamtal',
  audience: 'all',
  channels: ['sms', 'email', 'letter'],
  signer: { name: 'Karin Exempel', role: 'säkerhetschef' },
  ...over,
})

export const words = {
  wrong: {
    sv: 'Brevet hade fel plats.',
    en: 'The letter had the wrong place.',
    ar: 'كان المكان في الرسالة خاطئاً.',
  },
  right: {
    sv: 'Kom till Nya kliniken.',
    en: 'Come to Nya kliniken.',
    ar: 'تعال إلى Nya kliniken.',
  },
}

interface Kept {
  id: string
  person: number
  language: string
  state: string
  version: string
  text: string
  keptIn: number | null
  keptLine: number | null
}

export type Notices = ReturnType<typeof noticesIn>

/** Twelve people, a place for each, on a Monday at nine. */
export async function noticeRegion(): Promise<{ s: Sending; n: Notices }> {
  const s = await sending({ people: 12, places: 12 })
  s.clock.moveTo(new Date('2021-03-08T09:00:00+01:00'))
  return { s, n: noticesIn(s) }
}

/** The actions on notices in a small region, as the commands and the worker do them. */
export function noticesIn(s: Sending) {
  const deps = { pool: s.db.pool, clock: s.clock, jobs: s.jobs, textGate: textGate(s.config) }
  const send = async (name: string, phoneCapacity?: number): Promise<number> => {
    await approveCampaign(deps, name, 'anna')
    await approveCampaign(deps, name, 'bertil')
    const { id } = await startCampaign(deps, name, 'anna')
    let released = 0
    for (let n; (n = await advanceNotice({ ...deps, phoneCapacity }, id)) > 0;) released += n
    return released
  }
  return {
    deps,
    send,
    async warn(
      over: object = {},
      phoneCapacity?: number,
    ): Promise<{ id: number; released: number }> {
      const { name, campaignId } = await createNotice(deps, warningOrder(over), 'anna')
      return { id: campaignId, released: await send(name, phoneCapacity) }
    },
    async correct(
      order: Partial<CorrectionOrder> & { of: string },
    ): Promise<{ id: number; released: number }> {
      const { notice } = await createCorrection(deps, { words, ...order }, 'anna')
      return { id: notice.campaignId, released: await send(notice.name) }
    },
    async deliver(campaign: number): Promise<void> {
      await printLetters(s.printDeps(), campaign)
      while ((await s.send('email')) > 0);
      while ((await s.send('sms')) > 0);
    },
    /** The letters of a campaign that have their bytes, as they were composed. */
    async letters(campaign: number): Promise<Kept[]> {
      const letters = await rows<Kept & { content: Buffer | null }>(
        s.db.pool,
        `select id, person_id as person, language, state, template_version as version, content, kept_in as "keptIn", kept_line as "keptLine" from message where campaign_id = $1 and channel = 'letter' and content_sha256 is not null order by id`,
        [campaign],
      )
      await readKept(s.db.pool, letters)
      return letters.map(({ content, ...letter }) => ({ ...letter, text: content!.toString() }))
    },
    /** Messages of a campaign, counted by channel, state and reason. */
    messages: async (campaign: number) =>
      Object.fromEntries(
        (
          await rows<{ k: string; n: number }>(
            s.db.pool,
            `select channel || ' ' || state || coalesce(' ' || reason, '') as k, count(*)::int as n from message where campaign_id = $1 group by 1`,
            [campaign],
          )
        ).map((r) => [r.k, r.n]),
      ),
    /** The funnel of a campaign. */
    funnel: async (campaign: number) =>
      Object.fromEntries(
        (
          await rows<{ k: string; n: number }>(
            s.db.pool,
            `select state || coalesce(' ' || reason, '') as k, number as n from funnel where campaign_id = $1`,
            [campaign],
          )
        ).map((r) => [r.k, r.n]),
      ),
  }
}
