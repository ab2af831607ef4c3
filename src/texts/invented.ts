import type { Facts } from './facts.ts'

const hours: Record<string, string> = {
  sv: 'måndag–fredag kl. 8–16',
  en: 'Monday–Friday 8–16',
  ar: 'من الاثنين إلى الجمعة، من الساعة 8 إلى 16',
}
const role: Record<string, string> = {
  sv: 'överläkare',
  en: 'Chief Physician',
  ar: 'كبيرة الأطباء',
}
const what: Record<string, string> = {
  sv: 'vaccination mot covid-19',
  en: 'vaccination against COVID-19',
  ar: 'التطعيم ضد كوفيد-19',
}
const who: Record<string, string> = {
  sv: 'Den som är född 1942–1946 kan boka nu. Det gäller också den som är utan brev.',
  en: 'Anyone born between 1942 and 1946 can book now, also those without a letter.',
  ar: 'يمكن للمولودين بين 1942 و1946 الحجز الآن.',
}
const wrong: Record<string, string> = {
  sv: 'I brevet stod fel telefonnummer.',
  en: 'The letter had the wrong phone number.',
  ar: 'كان رقم الهاتف في الرسالة خاطئاً.',
}
const right: Record<string, string> = {
  sv: 'Ring numret i rutan.',
  en: 'Call the number in the frame.',
  ar: 'اتصل بالرقم الموجود في الإطار.',
}
const news: Record<string, string> = {
  sv: 'Du som är född 1942–1946 kan boka en tid nu.',
  en: 'If you were born between 1942 and 1946 you can book now.',
  ar: 'يمكن لمن وُلد بين 1942 و1946 أن يحجز موعداً الآن.',
}
const others: Record<string, string> = {
  sv: 'Är du yngre? Då får du ett brev när det är din tur.',
  en: 'If you are younger, you will get a letter when it is your turn.',
  ar: 'إذا كنت أصغر سناً فستصلك رسالة عندما يحين دورك.',
}

/**
 * An invented region, person, clinic and time that fill every placeholder in every language: for the check and
 * the sheet of all texts.
 */
export function inventedFacts(language: string): Facts {
  const say = (words: Record<string, string>) =>
    words[language.split('-')[0] ?? ''] ?? words['sv'] ?? ''
  return {
    region: {
      name: 'Region Exempel',
      phone: '+46701740605',
      phoneHours: say(hours),
      website: 'https://www.regionexempel.example',
      signer: { name: 'Karin Exempelsson', role: say(role) },
    },
    person: { name: 'Åke Öberg' },
    what: say(what),
    who: say(who),
    clinic: {
      name: 'Åsby vårdcentral',
      street: 'Vasagatan 12',
      postcode: '79131',
      town: 'Åsby',
      phone: '+46701740606',
      phoneHours: say(hours),
    },
    appointment: { startsAt: new Date('2027-03-17T08:30:00Z') },
    booking: {
      code: '23ABCDEF',
      url: 'https://kallelse.regionexempel.example/boka',
      phone: '+46701740605',
      phoneHours: say(hours),
    },
    check: { code: '7KQ2M9XP', url: 'https://kallelse.regionexempel.example/akta/7KQ2M9XP' },
    noTimes: true,
    replaces: {
      date: new Date('2027-03-02T11:00:00Z'),
      startsAt: new Date('2027-03-10T09:00:00Z'),
      clinic: 'Åsby vårdcentral',
    },
    correction: { wrong: say(wrong), right: say(right), number: 1000 },
    information: { news: say(news), others: say(others) },
    pages: 'https://kallelse.regionexempel.example/meddelanden',
    answer: { sms: true, code: '4711', by: new Date('2027-03-04T13:00:00Z') },
    campaignDate: new Date('2027-03-04T11:00:00Z'),
  }
}
