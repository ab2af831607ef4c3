import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { row, run } from '../../src/db/pool.ts'
import { openSite, type Site } from './support/site.ts'

let site: Site
let code: string
beforeAll(async () => {
  site = await openSite()
  await run(site.db.pool, `insert into person (identity_number, identity_kind, given_name, family_name, email) values ('194401019809', 'personnummer', 'Hemlig', 'Hemligsson', 'hemlig@post.example')`)
  await run(site.db.pool, `insert into cohort (name, version, rule, created_at) values ('c', 1, '{}', now())`)
  await run(site.db.pool, `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at) values ('varen', 'covid-19/dose-1', 'open', 1, '{}', 'anna', now())`)
  await run(site.db.pool, `insert into invitation (campaign_id, person_id, purpose, state, reason, state_since) values (1, 1, 'covid-19/dose-1', 'suppressed', 'protected', now())`)
  await run(site.db.pool, `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, state, due_at, created_at, content, content_sha256, template_version, recipient, sent_at)
    values (1, 1, 1, 'covid-19/dose-1', 1, 'invitation', 'email', 'sv', 'invitation-open', 'sent', now(), now(), 'x', 'x', '1', 'hemlig@post.example', '2021-03-08 12:00+01')`)
  code = (await row<{ code: string }>(site.db.pool, 'select check_code as code from message'))!.code
})
afterAll(() => site.close())

describe('/akta', () => {
  it('says of a real code that we sent it, when and what kind, and nothing about whom it went to', async () => {
    for (const path of [`/akta/${code}`, `/akta?kod=${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`]) {
      const { status, text } = await site.get(path)
      expect(status).toBe(200)
      expect(text).toContain('skickade ett e-postmeddelande med den koden den 8 mars 2021')
      expect(text).not.toMatch(/hemlig|19440101|covid|dose|invitation|varen/i)
    }
  })

  it('does not know other codes, says what to do, and slows a guesser down', async () => {
    const answers = []
    for (let n = 0; n < 25; n++) answers.push(await site.get(`/akta/AAAA${String(1000 + n)}`))
    expect(answers.filter((a) => a.text.includes('Vi känner inte igen koden')).length).toBe(20)
    expect(answers.slice(20).every((a) => a.status === 429)).toBe(true)
    expect(answers.some((a) => a.text.includes('med den koden den'))).toBe(false)
  })

  it('shows a script\'s worth of code as text', async () => {
    expect((await site.get('/akta/%3Cscript%3Ealert(1)%3C%2Fscript%3E')).text).not.toContain('<script')
  })
})
