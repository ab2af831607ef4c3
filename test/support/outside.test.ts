import { describe, expect, it } from '@jest/globals'
import { faultsSeen, type Booking, type Message, type Outside } from './outside.ts'

// A checker that can't fail checks nothing: one fault is planted at a time in a week where all is well.
const clinic = 'Provkliniken'
const time = (day: number, clock = '09:00') => ({
  clinic,
  startsAt: new Date(`2021-03-${day}T${clock}:00+01:00`),
})
const purpose = 'covid-19/dose-1'
const letter = (person: string, over: Partial<Message> = {}): Message => ({
  person,
  channel: 'letter',
  leftAt: new Date('2021-03-08T10:00:00+01:00'), // in the letterbox on Thursday the 11th
  purpose,
  says: 'timed',
  replaces: false,
  time: time(15),
  ...over,
})
const booking = (person: string, at = time(15)): Booking => ({ person, purpose, ...at })

/** Ada and Bo come on Monday the 15th, Cia on Tuesday; Dan waits, last in the queue. Two doses come on Monday, one on Tuesday. */
const sound = (over: Partial<Outside> = {}): Outside => ({
  messages: [letter('Ada'), letter('Bo'), letter('Cia', { time: time(16) })],
  bookings: [booking('Ada'), booking('Bo'), booking('Cia', time(16))],
  places: [
    { ...time(15), places: 2 },
    { ...time(16), places: 2 },
  ],
  lots: [
    { clinic, day: '2021-03-15', doses: 2, useBy: '2021-03-15' },
    { clinic, day: '2021-03-16', doses: 1 },
  ],
  chose: [],
  calls: [],
  queues: [{ purpose, people: ['Ada', 'Bo', 'Cia', 'Dan'], passedBy: new Map() }],
  funnels: [{ name: 'dos-1', cohortSize: 4, funnel: [{ number: 3 }, { number: 1 }] }],
  postDays: 3,
  holidays: [],
  ...over,
})
const later = new Date('2021-03-10T10:00:00+01:00') // a letter of that day comes on Monday the 15th

describe('the outside checker', () => {
  it('finds nothing where all is well', () => expect(faultsSeen(sound())).toEqual([]))

  it('sees a time above its places, or at a time nobody has stated', () => {
    expect(faultsSeen(sound({ places: [{ ...time(15), places: 1 }] }))).toEqual([
      '2 people have the time 2021-03-15 09:00 at Provkliniken, which has 1 places.',
      '1 people have the time 2021-03-16 09:00 at Provkliniken, which has 0 places.',
    ])
  })

  it.each([
    ['too few came', [{ clinic, day: '2021-03-15', doses: 2 }], '2021-03-16'],
    [
      'they came too late',
      [
        { clinic, day: '2021-03-16', doses: 9 },
        { clinic, day: '2021-03-15', doses: 1 },
      ],
      '2021-03-15',
    ],
    [
      'they can no longer be used',
      [{ clinic, day: '2021-03-15', doses: 9, useBy: '2021-03-15' }],
      '2021-03-16',
    ],
  ])('sees people without a dose when %s', (_why, lots, day) => {
    expect(faultsSeen(sound({ lots }))).toEqual([
      `1 people have a time at Provkliniken on ${day} and no dose.`,
    ])
  })

  it('carries doses over from one day to the next, and asks none of a clinic without deliveries', () => {
    expect(faultsSeen(sound({ lots: [{ clinic, day: '2021-03-11', doses: 3 }] }))).toEqual([])
    expect(faultsSeen(sound({ lots: [] }))).toEqual([])
  })

  it('sees somebody with two times for the same', () => {
    const bookings = [...sound().bookings, booking('Ada', time(16))]
    const seen = faultsSeen(sound({ bookings, lots: [] }))
    expect(seen).toContain(
      'Ada has 2 times for covid-19/dose-1: 2021-03-15 09:00 at Provkliniken, 2021-03-16 09:00 at Provkliniken.',
    )
  })

  it('sees somebody overtaken, on paper or by being passed over; not with a stated reason', () => {
    const [ada, bo, cia] = sound().messages as [Message, Message, Message]
    const messages = [{ ...ada, leftAt: new Date('2021-03-09T10:00:00+01:00') }, bo, cia]
    const sentence =
      'Ada was overtaken in covid-19/dose-1: Bo, later in the queue, was invited on 2021-03-08, they on 2021-03-09.'
    expect(faultsSeen(sound({ messages }))).toEqual([sentence])
    const people = ['Dan', 'Ada', 'Bo', 'Cia']
    const passed = sound({ queues: [{ purpose, people, passedBy: new Map() }] })
    expect(faultsSeen(passed)).toEqual([
      'Dan was overtaken in covid-19/dose-1: Ada, later in the queue, was invited on 2021-03-08, they never.',
    ])
    const passedBy = new Map([['Dan', 'protected']])
    expect(faultsSeen(sound({ queues: [{ purpose, people, passedBy }] }))).toEqual([])
  })

  it('sees who lost a time and waits while others are invited', () => {
    const lost = letter('Ada', { says: 'lost', replaces: true, time: null, leftAt: later })
    const fresh = letter('Dan', {
      leftAt: new Date('2021-03-11T10:00:00+01:00'),
      time: time(22),
    })
    const outside = sound({
      messages: [...sound().messages, lost, fresh],
      bookings: [booking('Bo'), booking('Cia', time(16)), booking('Dan', time(22))],
      places: [...sound().places, { ...time(22), places: 1 }],
      lots: [],
      calls: [{ person: 'Ada' }],
    })
    expect(faultsSeen(outside)).toEqual([
      'Ada lost their time for covid-19/dose-1 on 2021-03-10 and still waits: Dan was invited on 2021-03-11.',
    ])
  })

  it('sees who has a time that nobody told them of, or too late; not who chose it or is called', () => {
    const [, bo, cia] = sound().messages as [Message, Message, Message]
    const untold = { messages: [bo, cia], queues: [] }
    expect(faultsSeen(sound(untold))).toEqual([
      'Ada has 2021-03-15 09:00 at Provkliniken and nobody has told them.',
    ])
    const startsAt = time(15).startsAt
    expect(faultsSeen(sound({ ...untold, chose: [{ person: 'Ada', startsAt }] }))).toEqual([])
    expect(faultsSeen(sound({ ...untold, calls: [{ person: 'Ada' }] }))).toEqual([])
    const late = { messages: [letter('Ada', { leftAt: later }), bo, cia], queues: [] }
    expect(faultsSeen(sound(late))).toEqual([
      'Ada has 2021-03-15 09:00 at Provkliniken and is told of it too late, by letter of 2021-03-10 10:00.',
    ])
    const sms = letter('Ada', { leftAt: later, channel: 'sms', purpose: null, says: 'other' })
    expect(faultsSeen(sound({ ...late, messages: [...late.messages, sms] }))).toEqual([])
  })

  it('does not count on post on a holiday', () => {
    expect(faultsSeen(sound({ holidays: ['2021-03-09', '2021-03-10'] }))).toEqual([
      'Ada has 2021-03-15 09:00 at Provkliniken and is told of it too late, by letter of 2021-03-08 10:00.',
      'Bo has 2021-03-15 09:00 at Provkliniken and is told of it too late, by letter of 2021-03-08 10:00.',
    ])
  })

  it('sees who would come in vain: the old time is called off too late, or not at all', () => {
    const moved = sound({ bookings: [booking('Bo'), booking('Cia', time(16))], lots: [] })
    expect(faultsSeen(moved)).toEqual([
      'Ada was told of 2021-03-15 09:00 at Provkliniken, which is not theirs any more, and has not heard of that.',
    ])
    const word = letter('Ada', { says: 'moved', replaces: true, time: time(22), leftAt: later })
    const told: Partial<Outside> = {
      bookings: [...moved.bookings, booking('Ada', time(22))],
      places: [...moved.places, { ...time(22), places: 1 }],
      lots: [],
    }
    expect(faultsSeen(sound({ ...told, messages: [...moved.messages, word] }))).toEqual([
      'Ada was told of 2021-03-15 09:00 at Provkliniken, which is not theirs any more, and hears of that too late.',
    ])
    const byPhone: Message = { ...word, channel: 'sms', purpose: null }
    expect(faultsSeen(sound({ ...told, messages: [...moved.messages, byPhone] }))).toEqual([])
  })

  it('sees who is sent the same purpose twice; a letter that replaces another is not', () => {
    const again = letter('Ada', { leftAt: later })
    expect(faultsSeen(sound({ messages: [...sound().messages, again] }))).toEqual([
      'Ada was invited to covid-19/dose-1 2 times: letter of 2021-03-08 10:00, letter of 2021-03-10 10:00.',
    ])
    const replacing = { ...again, replaces: true }
    expect(faultsSeen(sound({ messages: [...sound().messages, replacing] }))).toEqual([])
  })

  it('sees a funnel that loses somebody', () => {
    const funnels = [{ name: 'dos-1', cohortSize: 4, funnel: [{ number: 3 }] }]
    expect(faultsSeen(sound({ funnels }))).toEqual([
      'The funnel of dos-1 has 3 people, its cohort 4.',
    ])
  })
})
