import type { Command } from 'commander'
import { writeFile } from 'node:fs/promises'
import { systemClock } from '../clock.ts'
import { Refused } from '../errors.ts'
import { letterPages, renderLetter } from '../letters/render.ts'
import type { Facts } from '../texts/facts.ts'
import { loadTexts } from '../texts/texts.ts'
import type { Register } from './command.ts'

const day = 24 * 60 * 60 * 1000

/** An invented person and clinic, so that a text can be seen on paper without anybody's data. */
function inventedFacts(now: Date): Facts {
  const phoneHours = { sv: 'måndag–fredag kl. 8–16', en: 'Monday–Friday 8–16', ar: 'من الاثنين إلى الجمعة، من الساعة 8 إلى 16' }
  return {
    region: { name: 'Region Exempel', phone: '+46701740605', phoneHours, website: 'www.regionexempel.example', signer: { name: 'Karin Exempelsson', role: { sv: 'smittskyddsläkare', en: 'County Medical Officer', ar: 'طبيبة مكافحة العدوى' } } },
    person: { name: 'Åke Öberg' },
    what: { sv: 'vaccination mot covid-19', en: 'vaccination against COVID-19', ar: 'التطعيم ضد كوفيد-19' },
    clinic: { name: 'Exempelby vårdcentral', street: 'Vasagatan 12', postcode: '79131', town: 'Exempelby', phone: '+46701740606', phoneHours },
    // a Monday some two weeks ahead (the first Monday of all days was the fifth), half past ten in winter
    appointment: { startsAt: new Date((Math.ceil((now.getTime() / day + 10 - 4) / 7) * 7 + 4) * day + 9.5 * 60 * 60 * 1000) },
    booking: { code: '23ABCDEF', url: 'https://kallelse.regionexempel.example/boka', phone: '+46701740605', phoneHours },
    check: { code: '7KQ2M9XP', url: 'https://kallelse.regionexempel.example/akta/7KQ2M9XP' },
    replaces: { date: new Date(now.getTime() - 7 * day) },
    campaignDate: now,
  }
}

export const registerPreviewLetter: Register = (program, cli) => {
  program
    .command('preview-letter')
    .description('draw a letter with invented facts, to see a text on paper')
    .argument('<template>', 'e.g. invitation-open')
    .argument('<file>', 'the PDF to write')
    .option('--lang <language>', 'sv, sv-simple, en, ar …', 'sv')
    .option('--large-print', 'for people who asked for large print', false)
    .addHelpText('after', '\nExample:\n  kallelse preview-letter invitation-timed out/sample.pdf --lang ar\n')
    .action(async (template: string, file: string, options: { lang: string; largePrint: boolean }, command: Command) => {
      const now = systemClock.now()
      const facts = inventedFacts(now)
      const rendered = (await loadTexts()).render({ template, language: options.lang, channel: 'letter', facts })
      if (rendered.kind !== 'letter') throw new Refused('not-a-letter', `${template} has no letter.`)
      const letter = { id: 'preview', addressLines: ['Åke Öberg', 'Storgatan 14 lgh 1203', '791 70 Exempelby'], returnAddress: 'Region Exempel, Box 1, 791 29 Exempelby', checkUrl: facts.check.url, largePrint: options.largePrint, rendered }
      await writeFile(file, await renderLetter(letter, now))
      const pages = letterPages(letter)
      cli.answer(command, `${file}: ${pages} page${pages === 1 ? '' : 's'}, ${rendered.language}, version ${rendered.version}`, { file, pages, language: rendered.language, version: rendered.version })
    })
}
