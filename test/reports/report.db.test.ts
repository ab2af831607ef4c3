import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { row, run } from '../../src/db/pool.ts'
import { sum, type Figures } from '../../src/reports/figures.ts'
import { writeReport } from '../../src/reports/report.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { reportedRegion } from './reported.ts'

const now = new Date('2021-03-20T12:00:00+01:00')
let db: TestDatabase
let folder: string
let figures: Figures
let page: string
beforeAll(async () => {
  db = await testDatabase()
  await reportedRegion(db.pool)
  folder = await mkdtemp(join(tmpdir(), 'kallelse-report-'))
  figures = await writeReport(db.pool, join(folder, 'deep', 'report.html'), {
    now,
    title: 'Läget <i mars>',
  })
  page = await readFile(join(folder, 'deep', 'report.html'), 'utf8')
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await db.drop()
})

/** The rows of the table with this caption, as texts; spaces within numbers made plain. */
const tables = (caption: string): string[][][] =>
  page
    .split('<table>')
    .filter((part) => part.includes(`<caption>${caption}</caption>`))
    .map((part) =>
      part
        .split('</table>')[0]!
        .split('<tr>')
        .slice(2)
        .map((line) =>
          [...line.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map((cell) => cell[1]!.replaceAll(/\s/g, '')),
        ),
    )

describe('the report', () => {
  it('shows every member of each cohort in one state, and says that they add up', () => {
    for (const campaign of figures.campaigns) expect(sum(campaign.funnel)).toBe(1000)
    const [open, timed] = tables('Personer i varje läge')
    for (const funnel of [open!, timed!]) {
      expect(funnel.slice(0, -1).reduce((n, line) => n + Number(line[2]), 0)).toBe(1000)
      expect(funnel.at(-1)!.slice(0, 3)).toEqual(['Summa', '', '1000'])
    }
    expect(open!.map((line) => line.slice(0, 3))).toEqual([
      ['utesluten', 'avliden', '10'],
      ['utesluten', 'skyddadidentitet:egenarbetslista', '10'],
      ['utesluten', 'harredanfåttdosen', '10'],
      ['utesluten', 'nåspåannatsätt(hemtjänst,särskiltboende)', '20'],
      ['kallad,harintebokat', '', '200'],
      ['harfåttennykallelse', '', '100'],
      ['harbokat', '', '650'],
      ['Summa', '', '1000'],
    ])
  })

  it('counts each appointment for the campaign that brought it', () => {
    const [open, timed] = figures.campaigns
    expect(sum(open!.bookings)).toBe(650)
    expect(timed!.bookings).toEqual([
      { campaign: 2, day: '2021-03-15', madeBy: 'assigned', number: 100, ended: 0 },
    ])
    expect(figures.clinics.reduce((n, clinic) => n + clinic.booked, 0)).toBe(750)
    expect(
      figures.clinics.reduce(
        (n, clinic) => n + (clinic.byCampaign['1'] ?? 0) + (clinic.byCampaign['2'] ?? 0),
        0,
      ),
    ).toBe(750)
  })

  it('goes on counting an appointment that was cancelled, for the same campaign', async () => {
    await run(
      db.pool,
      `with a as (update appointment set state = 'cancelled', ended_at = now() where id in (select appointment_id from invitation where person_id in (16, 7)) returning id)
      update invitation i set appointment_id = null, state = 'released' from a where i.appointment_id = a.id`,
    )
    const after = await writeReport(db.pool, join(folder, 'after.html'), { now, title: 'Efter' })
    const ended = (i: number) => after.campaigns[i]!.bookings.reduce((n, line) => n + line.ended, 0)
    expect([
      sum(after.campaigns[0]!.bookings),
      ended(0),
      sum(after.campaigns[1]!.bookings),
      ended(1),
    ]).toEqual([650, 1, 100, 1])
    expect(after.clinics.reduce((n, clinic) => n + clinic.booked, 0)).toBe(748)
  })

  it('shows waves with the places they were reckoned from', async () => {
    const [waves] = tables('Omgångar')
    expect(waves!.slice(0, -1).reduce((n, line) => n + Number(line[2]), 0)).toBe(950)
    const first = await row<{ free: number; number: number }>(
      db.pool,
      `select round((reckoning->>'free')::numeric)::int as free, number from wave where campaign_id = 1 order by day, area limit 1`,
    )
    expect(waves![0]!.slice(2, 4)).toEqual([String(first!.number), String(first!.free)])
  })

  it('shows what became of the messages, and the print batches with their checksums', () => {
    const [messages] = tables('Meddelanden efter kanal, steg och läge')
    const letters = sum(figures.campaigns[0]!.shares.filter((share) => share.route === 'letter'))
    expect(messages!.find((line) => line[0] === 'brev')!.at(-1)).toBe(String(letters))
    expect(messages!.at(-1)!.at(-1)).toBe(String(sum(figures.campaigns[0]!.messages)))
    expect(tables('Tryckfiler')[0]![0]).toEqual([
      'covid-19-dose-1-0001',
      'överlämnad',
      String(letters),
      String(letters),
      '8mars2021kl.9.30',
      '0123456789abcdef'.repeat(4),
    ])
  })

  it('needs nothing from outside, runs nothing and takes no markup from data', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|\bsrc=|@import|url\((?!#)/i)
    expect([...page.matchAll(/\bhref="(.)/g)].every((link) => link[1] === '#')).toBe(true)
    expect(page).toContain('<h1>Läget &lt;i mars&gt;</h1>')
    expect(page).not.toMatch(/<dos 1>|<i mars>|<i Orsa/)
  })

  it('says in words what each plot shows, and has its figures as a table', () => {
    const plots = page.split('<figure>').slice(1)
    expect(plots).toHaveLength(7) // three for each campaign, and the clinics
    for (const plot of plots) {
      expect(plot).toMatch(/<svg role="img" aria-label="[^"]{40,}"/)
      expect(plot).toMatch(/<details><summary>Siffrorna som tabell<\/summary>\s*<div[^>]*><table>/)
    }
  })

  it('leaves only the finished file behind, and no name of a person in it', async () => {
    expect(await readdir(join(folder, 'deep'))).toEqual(['report.html'])
    expect(page).not.toMatch(/Förnamn|Efternamn|19[0-9]{10}/)
  })
})
