import { readFileSync } from 'node:fs'
import type { Letter } from '../../src/letters/letter.ts'
import type { Setting } from './chromium-lines.ts'

const letters = JSON.parse(
  readFileSync(new URL('../../test/letters/pages/letters.json', import.meta.url), 'utf8'),
) as Record<string, Letter>

/**
 * Sentences with what must not be turned round: dates, times, phones, postcodes, codes, addresses, brackets,
 * dashes.
 */
const sentences: Record<string, string[]> = {
  ar: [
    'موعدك يوم الاثنين 15 مارس 2021 الساعة 9:30 في \u2068Falu vårdcentral\u2069، \u2068Vasagatan 12, 791 31 Falun\u2069. لتغيير الموعد اتصل على 070-174 06 05 (من الساعة 8 إلى 16) واذكر الرمز \u20687KQ2-M9XP\u2069.',
    'وُلدتَ بين عامي 1942 و1946؟ التطعيم ضد كوفيد-19 مجاني 100%. رقم الطوارئ 112، وللشرطة \u2068114 14\u2069. ادخل إلى \u2068kallelse.regiondalarna.example/akta\u2069.',
    'من ١٥/٣/٢٠٢١ إلى ١٦/٣/٢٠٢١، الساعة ٩:٣٠ أو ١٣٫٤٥، هاتف ٠٧٠-١٧٤ ٠٦ ٠٥.',
  ],
  fa: [
    'نوبت شما دوشنبه ۱۵ مارس ۲۰۲۱ ساعت ۹:۳۰ در \u2068Falu vårdcentral\u2069، \u2068Vasagatan 12, 791 31 Falun\u2069 است. برای تغییر نوبت با ۰۷۰-۱۷۴ ۰۶ ۰۵ یا +46 70 174 06 05 تماس بگیرید (ساعت ۸ تا ۱۶) و کد \u20687KQ2-M9XP\u2069 را بگویید.',
    'متولدین ۱۹۴۲–۱۹۴۶: واکسن کووید-۱۹ رایگان است (۱۰۰٪). می‌توانید نوبت را عوض کنید؛ به \u2068kallelse.regiondalarna.example/akta\u2069 بروید.',
    'ساعت 9:30 تا 10:15، تاریخ 2021-03-15، مبلغ ۱٬۲۵۰ کرون.',
  ],
  prs: [
    'وقت شما روز دوشنبه ۱۵ مارچ ۲۰۲۱ ساعت ۹:۳۰ در \u2068Falu vårdcentral\u2069 است. برای تغییر وقت به \u2068070-174 06 05\u2069 زنگ بزنید (ساعت ۸ تا ۱۶) و کود \u20687KQ2-M9XP\u2069 را بگویید.',
    'تولد ۱۹۴۲ تا ۱۹۴۶؟ واکسین کووید-۱۹ رایگان است. به \u2068kallelse.regiondalarna.example/akta\u2069 بروید؛ شماره پولیس \u2068114 14\u2069 است.',
  ],
}

/**
 * Samples at the widths of a letter (text, item, beside the 2D code, frame), in its sizes and weights, and at
 * many narrow ones, where lines break otherwise.
 */
export function chromiumSamples(languages: string[] = ['ar', 'fa', 'prs', 'ckb', 'yi']): Setting[] {
  const widths = [453.54, 437.94, 381.18, 305.48, 136]
  for (let width = 150; width < 450; width += 23) widths.push(width)
  return languages.flatMap((language) => {
    const { rendered } = letters[language]!
    const texts = [
      rendered.title,
      ...rendered.body.flatMap((block) =>
        block.kind === 'list' ? block.items : block.kind === 'panel' ? [] : block.text.split('\n'),
      ),
      ...rendered.panel.map((row) => row.value),
      ...(sentences[language] ?? []),
    ]
    return texts.flatMap((text) =>
      widths.map((width, i): Setting => ({
        language,
        text,
        style: { size: [12, 13, 17, 20][i % 4]!, bold: i % 3 === 1, direction: 'rtl', width },
      })),
    )
  })
}
