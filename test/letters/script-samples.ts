import type { Letter } from '../../src/letters/letter.ts'
import { sampleLetter } from './sample-letters.ts'

/** A letter in any script: one paragraph, and a frame with one value. */
export function letterIn(
  language: string,
  direction: 'ltr' | 'rtl',
  title: string,
  text: string,
  value: string,
): Letter {
  const base = sampleLetter('invitation-timed', 'sv')
  return {
    ...base,
    rendered: {
      ...base.rendered,
      language,
      direction,
      title,
      body: [{ kind: 'paragraph', text }, { kind: 'panel' }],
      panel: [{ label: title, value, big: true }],
    },
  }
}

/** Language, title, text. */
export const leftToRight = [
  ['ti', 'ንኽታበት ቆጸራ', 'ቆጸራኹም ብ 15 መጋቢት 2021 ሰዓት 9:30 እዩ። ናብ 070-174 06 05 ደውሉ።'],
  [
    'th',
    'นัดหมายฉีดวัคซีน',
    'คุณมีนัดวันที่ 15 มีนาคม 2021 เวลา 9:30 น. โทร 070-174 06 05 หากต้องการเปลี่ยนนัด ที่นี่มีล่าม',
  ],
  [
    'uk',
    'Вам призначено час',
    'Ваш час 15 березня 2021 року о 9:30. Телефонуйте 070-174 06 05, якщо він незручний. Ґанок, їжа, є.',
  ],
  ['so', 'Ballan tallaal', 'Ballantaadu waa 15 Maarso 2021 saacadda 9:30. Wac 070-174 06 05.'],
] as const

/** Language, title, text, and what in it stands from left to right on paper. */
export const rightToLeft = [
  [
    'fa',
    'نوبت واکسیناسیون',
    'نوبت شما ۱۵ مارس ۲۰۲۱ ساعت ۹:۳۰ است. با ۰۷۰-۱۷۴ ۰۶ ۰۵ تماس بگیرید.',
    ['۱۵', '۲۰۲۱', '۹:۳۰', '۰۷۰-۱۷۴ ۰۶ ۰۵'],
  ],
  [
    'prs',
    'وقت واکسین',
    'وقت شما ۱۵ مارچ ۲۰۲۱ ساعت ۹:۳۰ است. به \u206870-174 06 05\u2069 زنگ بزنید.',
    ['۹:۳۰', '70-174 06 05'],
  ],
  [
    'ckb',
    'کاتی کوتان',
    'کاتەکەت ١٥ی ئازاری ٢٠٢١ کاتژمێر ٩:٣٠ە. پەیوەندی بکە بە ٠٧٠-١٧٤ ٠٦ ٠٥ بۆ گۆڕینی.',
    ['٢٠٢١', '٩:٣٠', '٠٧٠-١٧٤ ٠٦ ٠٥'],
  ],
  [
    'yi',
    'אַ צײַט פֿאַר װאַקסינאַציע',
    'איר האָט אַ צײַט דעם 15טן מערץ 2021, 9:30. קלינגט \u2068070-174 06 05\u2069 אױב ס׳איז ניט באַקװעם.',
    ['15', '2021', '9:30', '070-174 06 05'],
  ],
  [
    'ar',
    'موعد التطعيم',
    'موعدك يوم 15 مارس 2021 الساعة 9:30. اتصل على 070-174 06 05.',
    ['15', '2021', '9:30', '070-174 06 05'],
  ],
] as const
