import { row, rows, type Db } from '../db/pool.ts'

export interface PersonMessage {
  id: string
  campaign: string
  purpose: string
  step: string
  channel: string
  language: string
  template: string
  templateVersion: string | null
  state: string
  reason: string | null
  dueAt: Date
  sentAt: Date | null
  deliveredAt: Date | null
  batch: string | null
  receipts: { status: string; at: string; errorCode: string | null }[]
}

/** Everything that was or is to be sent to a person, whichever record it was planned for. @returns undefined when there is no such person */
export async function personMessages(db: Db, personId: number): Promise<PersonMessage[] | undefined> {
  if (!(await row(db, 'select 1 from person where id = $1', [personId]))) return undefined
  return rows<PersonMessage>(
    db,
    `with one as (select coalesce(same_as, id) as id from person where id = $1)
     select m.id, c.name as campaign, m.purpose, m.step, m.channel, m.language, m.template, m.template_version as "templateVersion", m.state, m.reason,
            m.due_at as "dueAt", m.sent_at as "sentAt", m.delivered_at as "deliveredAt", b.name as batch,
            coalesce((select jsonb_agg(jsonb_build_object('status', r.status, 'at', r.at, 'errorCode', r.error_code) order by r.at) from receipt r where r.message_id = m.id), '[]') as receipts
       from message m join campaign c on c.id = m.campaign_id left join batch b on b.id = m.batch_id
      where m.person_id in (select p.id from person p, one where one.id in (p.id, p.same_as))
      order by m.due_at, m.id`,
    [personId],
  )
}

/** The leading record's id for an identity number in its stored form. */
export const personWithNumber = async (db: Db, identityNumber: string): Promise<number | undefined> =>
  (await row<{ id: number }>(db, 'select coalesce(same_as, id) as id from person where identity_number = $1', [identityNumber]))?.id
