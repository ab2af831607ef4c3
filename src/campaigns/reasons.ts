/**
 * Why a member of the cohort gets no invitation from the campaign, in the order they are tried: the first that holds is
 * the reason. Code → Swedish on screen.
 */
export const reasons = {
  deceased: 'avliden',
  'moved-abroad': 'flyttat utomlands',
  'gone-from-register': 'finns inte längre i registret',
  'moved-out-of-region': 'har flyttat från regionen sedan planen gjordes',
  'moved-to-other-area': 'har flyttat till ett annat område sedan planen gjordes',
  protected: 'skyddad identitet: egen arbetslista',
  'opted-out': 'vill inte ha kallelser',
  'already-vaccinated': 'har redan fått dosen',
  'already-booked': 'har redan bokat tid',
  'already-invited': 'redan kallad i ärendet',
  'not-concerned': 'berörs inte av omkallelsen',
  'needs-other-route': 'nås på annat sätt (hemtjänst, särskilt boende)',
  'no-reachable-channel': 'ingen kontaktväg',
  'no-clinic': 'ingen mottagning i området',
  'no-free-time': 'väntar på ledig tid',
  'short-notice':
    'väntar: de lediga tiderna är för nära för att kallelsen ska hinna fram i god tid',
  'duplicate-record': 'samma person i två poster',
  'bad-address': 'adressen går inte att skriva ut',
  'address-too-wide': 'adressen ryms inte i kuvertets fönster',
  'letter-too-long': 'brevets text ryms inte på papperet',
  'missing-glyph': 'namnet eller adressen har tecken som inte kan tryckas',
  'does-not-open': 'det som sparats av meddelandet har ändrats',
  'post-returned': 'brevet kom i retur och adressen är densamma',
  'not-delivered': 'meddelandet nådde inte fram',
  'time-has-passed': 'tiden hann passera innan kallelsen gick ut',
  'campaign-cancelled': 'utskicket avbröts',
  corrected: 'fel meddelande: togs tillbaka innan det gick ut',
  'wrong-people': 'fick kallelsen av misstag',
  'household-told': 'hushållet får ett gemensamt meddelande',
  'in-doubt': 'det är oklart om det felaktiga meddelandet gick ut',
  'not-sent': 'det felaktiga meddelandet gick aldrig ut',
} as const

export type Reason = keyof typeof reasons
