import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { row, rows, run } from '../../src/db/pool.ts'
import { openSite, type Site } from './support/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
  await run(
    site.db.pool,
    `insert into sms_answer (provider_id, at, outcome) values ('a', now(), 'unclear')`,
  )
  await run(
    site.db.pool,
    `insert into sms_reply (provider_id, at, phone, said, kind)
     values ('a', '2021-03-08 12:00+01', '+46701740605', 'Ja, <b>men</b> inte då', 'unclear')`,
  )
})
afterAll(() => site.close())

const post = (path: string, fields: Record<string, string>) =>
  fetch(`${site.web.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { Origin: site.web.url, 'Sec-Fetch-Site': 'same-origin' },
  })

it('replies that need a person are counted for all, shown to who says who they are, and answered by one click', async () => {
  const form = await (await fetch(`${site.web.url}/admin/svar`)).text()
  expect(form).toContain('1 svar behöver läsas')
  expect(form).not.toContain('inte då')
  expect(await (await fetch(`${site.web.url}/admin`)).text()).toContain('Svar på sms (1)')
  const shown = await (await post('/admin/svar', { by: 'Karin' })).text()
  expect(shown).toContain('Ja, &lt;b&gt;men&lt;/b&gt; inte då')
  const { id } = (await row<{ id: number }>(site.db.pool, 'select id from sms_reply'))!
  const done = await post(`/admin/svar/${id}`, { by: 'Karin', as: 'read' })
  expect([done.status, await done.text()]).toEqual([
    200,
    expect.stringContaining('markerat som läst'),
  ])
  const again = await post(`/admin/svar/${id}`, { by: 'Olle', as: 'read' })
  expect(again.status).toBe(409)
  expect(await rows(site.db.pool, 'select settled_by as by from sms_reply')).toEqual([
    { by: 'Karin' },
  ])
})
