/** The two campaigns of the demo, in the form of a campaign file. */
const signer = { name: 'Karin Exempel', role: 'smittskyddsläkare' }
const what = {
  sv: 'vaccination mot covid-19',
  en: 'vaccination against covid-19',
  ar: 'التطعيم ضد كوفيد-19',
}
const phoneHours = {
  sv: 'vardagar kl. 8–16',
  en: 'weekdays 8–16',
  ar: 'أيام العمل من الساعة 8 إلى 16',
}
const cohort = { name: 'born-1942-1946', rule: { born: { from: 1942, to: 1946 } } }

export const purposes = [
  { code: 'covid-19/dose-1', name: 'Vaccination mot covid-19, dos 1', words: what },
  { code: 'covid-19/dose-2', name: 'Vaccination mot covid-19, dos 2', words: what },
]

export const openCampaign = {
  name: 'dalarna-75-79',
  purpose: 'covid-19/dose-1',
  way: 'open',
  cohort,
  what,
  phoneHours,
  channels: [
    {
      route: 'e-post-och-sms',
      needs: ['email', 'mobile'],
      steps: [
        { step: 'invitation', channel: 'email', template: 'invitation-open' },
        { step: 'reminder', channel: 'sms', template: 'reminder', after: 4 },
      ],
    },
    {
      route: 'brev',
      needs: ['address'],
      steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
    },
    {
      route: 'sms',
      needs: ['mobile'],
      steps: [{ step: 'invitation', channel: 'sms', template: 'invitation-open' }],
    },
  ],
  postDays: 2,
  signer,
}

/** For those who looked for a time and found none: a time of their own, by letter. */
export const reissueCampaign = {
  ...openCampaign,
  name: 'dalarna-75-79-fast-tid',
  way: 'timed',
  channels: [
    {
      route: 'brev',
      needs: ['address'],
      steps: [{ step: 'invitation', channel: 'letter', template: 'reissue-timed' }],
    },
    {
      route: 'sms',
      needs: ['mobile'],
      steps: [{ step: 'invitation', channel: 'sms', template: 'reissue-timed' }],
    },
  ],
  postDays: 3,
  // the clinics publish a week's times on the Wednesday before: the usual five days would be none
  leastNotice: 1,
  reissueOf: { campaign: openCampaign.name, who: 'no-free-time' },
}
