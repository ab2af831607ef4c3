import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import { approveCampaign, createCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { localCredentials } from '../../src/demo/stand-ins/credentials.ts'
import { startSmsServer } from '../../src/demo/stand-ins/sms-server.ts'
import { startSmtpServer } from '../../src/demo/stand-ins/smtp-server.ts'
import { MovableClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { sealInBench } from '../sealing.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, row, run } from '../../src/db/pool.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { createNotice } from '../../src/notices/notice.ts'
import { startWorker } from '../../src/worker.ts'
import { registered } from '../purpose.ts'

const help = `A fraud warning while a campaign is under way: how soon it starts leaving, how long until all have it, and whether the campaign goes on.
Both by e-mail to one relay, which is the worst case: they share its rate. A real database, worker and SMTP server on this machine.

  node bench/notices/main.ts [--campaign 100000] [--warning 17500] [--per-second 300] [--json]
`
const { values } = parseArgs({
  options: {
    campaign: { type: 'string', default: '100000' },
    warning: { type: 'string', default: '17500' },
    'per-second': { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [inCampaign, warned, perSecond] = [
  Number(values.campaign),
  Number(values.warning),
  Number(values['per-second']),
]
const signer = { name: 'Karin Exempel', role: 'säkerhetschef' }

/** Invented people with an e-mail each; those born in 1930 get the warning. */
async function region(pool: pg.Pool): Promise<void> {
  await run(
    pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, municipality, email)
     select to_char(born, 'YYYYMMDD') || lpad((n % 10000)::text, 4, '0'), 'personnummer', born,
            'Namn' || n % 997, 'Efternamn' || n % 4999, '2080', 'person' || n || '@post.example'
       from generate_series(1, $1::int) n, lateral (select case when n <= $2 then date '1930-01-01' + n / 10000 else date '1950-01-01' + n / 10000 end as born) d`,
    [inCampaign, warned],
  )
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, phone_hours)
                   values ('SE2321000180-PROV', 'Provkliniken', '2080', 'falun', 'Provgatan 2', '79131', 'Falun', '+46701740606', 'kl. 8–16')`,
  )
  await run(
    pool,
    `insert into slot (clinic_id, starts_at, capacity)
     select 1, timestamptz '2021-03-15 09:00+01' + d * interval '1 day', $1
       from generate_series(0, 4) d`,
    [inCampaign],
  )
}

const progress = (what: string): void =>
  void process.stderr.write(`${Math.round(performance.now() / 1000)} s: ${what}\n`)

async function measure(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  const credentials = localCredentials(folder)
  const smtp = await startSmtpServer({ journal: join(folder, 'mail.ndjson') })
  const sms = await startSmsServer({ journal: join(folder, 'sms.ndjson'), credentials })
  const pool = openPool(server.url, 30)
  try {
    sealInBench()
    await migrate(pool)
    await region(pool)
    const log = openLog('error')
    const clock = new MovableClock(new Date('2021-03-08T09:00:00+01:00'))
    const jobs = await openJobs(pool, log)
    const { publicKey: _, ...keys } = credentials
    const config = {
      ...readConfig({}),
      ...keys,
      SMS_HOST: sms.url,
      VONAGE_REPORTS_HOST: sms.url,
      SMTP_URL: smtp.url,
      SMTP_TRACE_URL: smtp.traceUrl,
      SMTP_PER_SECOND: perSecond,
      KALLELSE_OUT: folder,
      KALLELSE_DATA: folder,
    }
    const worker = await startWorker({
      config,
      log,
      clock,
      pool,
      jobs: () => Promise.resolve(jobs),
      textGate: () => Promise.resolve({}),
      close: () => Promise.resolve(),
    })
    const by = { pool, clock, jobs, textGate: () => Promise.resolve({}) } // nobody reads these messages
    const startNamed = async (name: string) => {
      for (const person of ['anna', 'bertil']) await approveCampaign(by, name, person)
      return (await startCampaign(by, name, 'anna')).id
    }
    const sent = async (campaign: number) =>
      (await row<{ n: number }>(
        pool,
        `select count(*)::int as n from message where campaign_id = $1 and state = 'sent'`,
        [campaign],
      ))!.n
    const made = await createCampaign(
      by,
      await registered(pool, {
        name: 'bench',
        purpose: 'covid-19/dose-1',
        way: 'open',
        cohort: { name: 'all', rule: { born: { from: 1900 } } },
        what: { sv: 'vaccination mot covid-19' },
        languages: ['sv'],
        release: { policy: 'eager' },
        channels: [
          {
            route: 'mail',
            needs: ['email'],
            steps: [{ step: 'invitation', channel: 'email', template: 'invitation-open' }],
          },
        ],
        signer,
      }),
      'anna',
    )
    progress('people and campaign made')
    const campaign = await startNamed(made.name)
    while ((await sent(campaign)) < perSecond * 3) await sleep(100)
    progress('the campaign is under way')
    const queued = (await row<{ n: number }>(
      pool,
      `select count(*)::int as n from message where campaign_id = $1 and state = 'queued'`,
      [campaign],
    ))!.n
    await createNotice(
      by,
      {
        name: 'bluffsamtal',
        audience: { born: { to: 1930 } },
        channels: ['email'],
        languages: ['sv'],
        signer,
      },
      'anna',
    )
    const ordered = performance.now()
    const seconds = () => Math.round((performance.now() - ordered) / 100) / 10
    const warning = await startNamed('bluffsamtal')
    while ((await sent(warning)) === 0) await sleep(20)
    const first = seconds()
    progress(`the first warning left after ${first} s`)
    while ((await sent(warning)) < warned) await sleep(200)
    const all = seconds()
    const before = await sent(campaign)
    await sleep(10_000)
    const after = ((await sent(campaign)) - before) / 10
    await worker.stop()
    await jobs.close()
    return {
      campaign: inCampaign,
      waitingInCampaign: queued,
      warning: warned,
      perSecond,
      secondsToFirst: first,
      secondsToAll: all,
      leastPossible: Math.round((warned / perSecond) * 10) / 10,
      campaignPerSecondAfter: Math.round(after),
    }
  } finally {
    await pool.end()
    await smtp.close()
    await sms.close()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

if (values.help) process.stdout.write(help)
else {
  const result = await measure()
  process.stdout.write(
    values.json
      ? `${JSON.stringify(result)}\n`
      : `A campaign of ${result['campaign']} under way, ${result['waitingInCampaign']} still waiting; the relay takes ${perSecond} a second.\nThe warning to ${warned}: the first left after ${result['secondsToFirst']} s, the last after ${result['secondsToAll']} s (${result['leastPossible']} s if the relay did nothing else).\nThe campaign went on after at ${result['campaignPerSecondAfter']} a second.\n`,
  )
}
