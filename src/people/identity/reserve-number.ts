import type { Reading } from './identity-reading.ts'
import { isDate } from '../dates.ts'
import { luhn } from './luhn.ts'

// Sources: Inera, "Lokala reservidn" 1.2 (Stockholm, Västra Götaland) and "Nationellt ReservID, specifikation
// 1.0". Their examples are in test/people/identity/identity.test.ts.

/** @param text 12 characters that begin with 99 or have a letter in the ninth place */
export function readReserveNumber(text: string, today: string): Reading {
  if (text.startsWith('99') && /^\d+$/.test(text)) return readStockholm(text)
  return /[A-Z]/.test(text.charAt(9)) ? readNational(text, today) : readVgr(text, today)
}

/**
 * 99yyyyNNNNNC; yyyy is the year the number was given out, so it says nothing about age. Luhn over positions 5
 * to 11.
 */
function readStockholm(text: string): Reading {
  const kind = 'reserve-stockholm'
  if (!/^99(19|2[0-2])/.test(text)) return { kind, fault: 'bad-form' }
  if (luhn(text.slice(4)) !== 0) return { kind, fault: 'bad-check-digit' }
  return { kind, normalized: text, birthDate: null }
}

const vgrValues: Record<string, number> = { K: 5, M: 7, X: 8 }

/** yyyymmddGggC; G the sex (K woman, M man, X unknown), gg 06–79 even for K and odd for M, 80–89 for X. */
function readVgr(text: string, today: string): Reading {
  const kind = 'reserve-vgr'
  const birthDate = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`
  const sex = text.charAt(8)
  const serial = Number(text.slice(9, 11))
  if (!(sex in vgrValues)) return { kind: null, fault: 'unknown-form' }
  if (!/^(18|19|20)/.test(text)) return { kind, fault: 'bad-century' }
  if (!isDate(birthDate)) return { kind, fault: 'bad-date' }
  if (birthDate > today) return { kind, fault: 'future-date' }
  const possible =
    sex === 'X'
      ? serial >= 80 && serial <= 89
      : serial >= 6 && serial <= 79 && serial % 2 === (sex === 'M' ? 1 : 0)
  if (!possible) return { kind, fault: 'bad-form' }
  if (luhn(text.slice(2), (letter) => vgrValues[letter]!) !== 0)
    return { kind, fault: 'bad-check-digit' }
  return { kind, normalized: text, birthDate }
}

const nationalLetters = /^[A-HJ-NPR-UX-Z]{2}[0-9A-HJ-NPR-UX-Z]$/

/**
 * XXYYMMDDNNGC. XX is the century of birth plus 3, 6, 9 … 78, or 00 when the date of birth is unknown: then MM is 20–99
 * and DD 40–59. NN are letters; G a digit (odd male, even female) or a letter when the sex is unknown; I, O, Q,
 * V, W are not used. Luhn over all twelve, a letter counting as its ASCII value.
 */
function readNational(text: string, today: string): Reading {
  const kind = 'reserve-national'
  const prefix = Number(text.slice(0, 2))
  const month = text.slice(4, 6)
  const day = text.slice(6, 8)
  if (!nationalLetters.test(text.slice(8, 11)) || (prefix !== 0 && prefix < 22))
    return { kind, fault: 'bad-form' }
  let birthDate: string | null = null
  if (prefix === 0) {
    if (Number(month) < 20 || Number(day) < 40 || Number(day) > 59)
      return { kind, fault: 'bad-form' }
  } else {
    // 22, 25 … are 19; 23, 26 … are 20; 24, 27 … can only be 18 as long as nobody is born in 2100.
    const century = [19, 20, 18][(prefix - 22) % 3]!
    birthDate = `${century}${text.slice(2, 4)}-${month}-${day}`
    if (!isDate(birthDate)) return { kind, fault: 'bad-date' }
    if (birthDate > today) return { kind, fault: 'future-date' }
  }
  if (luhn(text, (letter) => letter.charCodeAt(0)) !== 0) return { kind, fault: 'bad-check-digit' }
  return { kind, normalized: text, birthDate }
}
