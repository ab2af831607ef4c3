import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { approveCampaign, createCampaign } from '../../src/campaigns/actions.ts'
import type { Config } from '../../src/config.ts'
import { rows, run } from '../../src/db/pool.ts'
import { createNotice } from '../../src/notices/notice.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'

let s: Sending
beforeEach(async () => {
  s = await sending()
})
afterEach(() => s.close())

const warning = {
  name: 'bluffsamtal',
  audience: 'all',
  channels: ['email'],
  languages: ['sv'],
  perHousehold: false,
  public: true,
  callsPer100: 5,
  signer: { name: 'Karin Exempel', role: 'säkerhetschef' },
}
const nobody = 'smtp://127.0.0.1:9' // the discard port: nothing listens
const approvals = () => rows(s.db.pool, 'select approver from approval_in_force')
const open = (env: Partial<Config>) => {
  const app = appOf(s, env)
  return {
    warn: () => createNotice(app, warning, 'anna'),
    create: (over = {}) => createCampaign(app, openSpec(over), 'anna'),
    approve: (name: string) => approveCampaign(app, name, 'anna'),
  }
}

describe('before anything is approved', () => {
  it('a warning whose only channel has no relay is refused, and what to set is said', async () => {
    const { warn, approve } = open({ SMTP_URL: undefined })
    await warn()
    await expect(approve('bluffsamtal')).rejects.toMatchObject({
      code: 'channel-not-ready',
      message: expect.stringMatching('Set SMTP_URL') as unknown,
    })
    expect(await approvals()).toEqual([])
  })

  it('a warning whose only channel does not answer is refused', async () => {
    const { warn, approve } = open({ SMTP_URL: nobody })
    await warn()
    await expect(approve('bluffsamtal')).rejects.toMatchObject({ code: 'channel-not-ready' })
    expect(await approvals()).toEqual([])
  })

  it('one provider of several that is down stops nobody', async () => {
    const { create, approve } = open({ SMTP_URL: nobody })
    await create()
    await approve('open-campaign')
    expect(await approvals()).toEqual([{ approver: 'anna' }])
  })

  it('a campaign that would invite nobody is refused, with why', async () => {
    await run(s.db.pool, 'update person set opted_out = true')
    const { create, approve } = open({})
    await create()
    await expect(approve('open-campaign')).rejects.toMatchObject({
      code: 'nobody-invited',
      message: expect.stringMatching('12 opted-out') as unknown,
    })
    expect(await approvals()).toEqual([])
  })
})
