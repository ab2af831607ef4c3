/**
 * The Luhn sum (modulus 10) of a number with its check digit: 0 when the check digit is right.
 * A letter counts as the value `letters` gives it; of a product of several digits each digit is added.
 */
export function luhn(
  number: string,
  letters: (letter: string) => number = () => Number.NaN,
): number {
  let sum = 0
  for (let i = number.length - 1, weight = 1; i >= 0; i--, weight = 3 - weight) {
    const character = number.charAt(i)
    let product =
      (character >= '0' && character <= '9' ? Number(character) : letters(character)) * weight
    for (; product >= 10; product = Math.floor(product / 10)) sum += product % 10
    sum += product
  }
  return sum % 10
}

/** The digit that makes the Luhn sum 0 when put last. */
export const checkDigit = (digits: string, letters?: (letter: string) => number): number =>
  (10 - luhn(`${digits}0`, letters)) % 10
