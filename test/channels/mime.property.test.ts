import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import MailComposer from 'nodemailer/lib/mail-composer'
import { mimeOf, type Mail } from '../../src/channels/mime.ts'

/** What nodemailer makes of the same mail. */
const byNodemailer = (mail: Mail): Promise<Buffer> =>
  new MailComposer({
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    ...(mail.calendar
      ? {
          attachments: [
            {
              filename: mail.calendar.fileName,
              content: mail.calendar.content,
              contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
            },
          ],
        }
      : {}),
    messageId: `<${mail.messageId}>`,
    date: mail.date,
    headers: { ...mail.headers },
    baseBoundary: createHash('sha256').update(mail.messageId).digest('hex').slice(0, 32),
    newline: 'win',
  })
    .compile()
    .build()

const words = fc.constantFrom(
  'Hej',
  'och',
  'välkommen',
  'å',
  'ö',
  '2021-03-08',
  'kl. 9.00',
  '.',
  '..',
  '=',
  '=3D',
  '"',
  '<p>',
  'boka',
  'التطعيم',
  'ضد',
  'ተኽላ',
  '疫苗',
  '😀',
  '\t',
  ' ',
  '  ',
  '\u00a0',
  '\u200f',
  'x'.repeat(75),
  'å'.repeat(40),
  'https://www.regiondalarna.example/boka/ABCDEFGH?x=1',
  'From ',
  '?=',
)
const line = fc.array(words, { maxLength: 20 }).map((list) => list.join(' '))
// Spaces at the very end are broken into another line by its streams: the same text in other bytes.
const text = fc
  .array(line, { minLength: 1, maxLength: 12 })
  .chain((lines) => fc.constantFrom('\n', '\r\n').map((end) => lines.join(end).trimEnd()))
const mail: fc.Arbitrary<Mail> = fc
  .record({
    from: fc.constantFrom(
      'kallelse@regiondalarna.example',
      'Region Dalarna <kallelse@regiondalarna.example>',
      'Vårdens kallelser <kallelse@regiondalarna.example>',
    ),
    to: fc.constantFrom(
      'asa@example.se',
      'Per.Olof+post@Example.SE',
      'åsa@exempel.se',
      'a@räksmörgås.se',
      `${'x'.repeat(60)}@example.se`,
    ),
    subject: line.map((words) => words.trim()).filter((words) => words !== ''),
    text: text.filter((text) => text.trim() !== ''),
    html: text.map((inner) => `<p>${inner}</p>`),
    calendar: fc.option(text, { nil: undefined }),
    id: fc.uuid(),
    date: fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2040-01-01'),
      noInvalidDate: true,
    }),
  })
  .map(({ id, calendar, ...rest }) => ({
    ...rest,
    messageId: `${id}@regiondalarna.example`,
    headers: { 'X-Kallelse-Reference': id, 'Auto-Submitted': 'auto-generated' },
    ...(calendar ? { calendar: { fileName: 'tid.ics', content: calendar } } : {}),
  }))

describe('a mail', () => {
  it('has the bytes that nodemailer makes of it, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(mail, async (given) => {
        expect(mimeOf(given).toString()).toBe((await byNodemailer(given)).toString())
      }),
      { numRuns: 500 },
    )
  })
})
