import type { Facts } from '../../src/texts/facts.ts'

/** Facts that fill every template; the person and the numbers are invented. */
export const sampleFacts: Facts = {
  region: {
    name: 'Region Dalarna',
    phone: '+46701740605',
    phoneHours: {
      sv: 'måndag–fredag kl. 8–16',
      en: 'Monday–Friday 8–16',
      ar: 'من الاثنين إلى الجمعة، من الساعة 8 إلى 16',
    },
    website: 'https://www.regiondalarna.example/',
    signer: {
      name: 'Karin Exempelsson',
      role: { sv: 'smittskyddsläkare', en: 'County Medical Officer', ar: 'طبيبة مكافحة العدوى' },
    },
  },
  person: { name: 'Åke Öberg' },
  what: {
    sv: 'vaccination mot covid-19',
    en: 'vaccination against COVID-19',
    ar: 'التطعيم ضد كوفيد-19',
  },
  who: {
    sv: 'Den som är född 1942–1946 kan boka nu. Det gäller också den som är utan brev.',
    en: 'Anyone born between 1942 and 1946 can book now, also those without a letter.',
  },
  clinic: {
    name: 'Falu vårdcentral',
    street: 'Vasagatan 12',
    postcode: '79131',
    town: 'Falun',
    phone: '+46701740606',
    phoneHours: {
      sv: 'måndag–fredag kl. 8–16',
      en: 'Monday–Friday 8–16',
      ar: 'من الاثنين إلى الجمعة، من الساعة 8 إلى 16',
    },
  },
  appointment: { startsAt: new Date('2021-03-15T08:30:00Z') },
  booking: {
    code: '23ABCDEF',
    url: 'https://kallelse.regiondalarna.example/boka',
    phone: '+46701740607',
    phoneHours: {
      sv: 'måndag–fredag kl. 8–16',
      en: 'Monday–Friday 8–16',
      ar: 'من الاثنين إلى الجمعة، من الساعة 8 إلى 16',
    },
  },
  answer: { sms: true, code: '4821', by: new Date('2021-03-15T14:10:00Z') },
  check: { code: '7KQ2M9XP', url: 'https://kallelse.regiondalarna.example/k/7KQ2M9XP' },
  noTimes: true,
  replaces: { date: new Date('2021-03-09T11:00:00Z') },
  correction: {
    wrong: { sv: 'Vi skrev fel dag.', en: 'We wrote the wrong day.', ar: 'كتبنا يوماً خاطئاً.' },
    right: {
      sv: 'Din tid är den 15 mars 2021.',
      en: 'Your time is on 15 March 2021.',
      ar: 'موعدك في 15 مارس 2021.',
    },
  },
  information: {
    news: {
      sv: 'Du som är född 1942–1946 kan boka nu.',
      en: 'If you were born between 1942 and 1946 you can book now.',
      ar: 'يمكن لمن وُلد بين 1942 و1946 الحجز الآن.',
    },
    others: {
      sv: 'Är du yngre? Då får du ett brev senare.',
      en: 'If you are younger, you will get a letter later.',
      ar: 'إذا كنت أصغر سناً فستصلك رسالة لاحقاً.',
    },
  },
  pages: 'https://kallelse.regiondalarna.example/meddelanden',
  campaignDate: new Date('2021-03-11T11:00:00Z'),
}
