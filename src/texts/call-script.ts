import { valuesOf } from './context.ts'
import { factsSchema, type Facts } from './facts.ts'

/**
 * What is said in a call, for the one who calls (in Swedish; an interpreter is called in for others). From the
 * same facts as letters, SMS and e-mail, so phone and paper can't disagree. Nothing is said of what it is about
 * before the person has been told how to check that the call is real.
 * @param warning the words of a time of heightened fraud
 * @throws when a fact is missing or of the wrong form
 */
export function callScript(given: Facts, warning?: string): string {
  const values = valuesOf(factsSchema.parse(given), 'sv', 'letter')
  const say = (placeholder: string) => values.get(placeholder) ?? '(saknas)'
  return [
    `1. Säg: Hej, jag ringer från ${say('clinic.name')}, ${say('region.name')}. Talar jag med ${say('person.name')}?`,
    '2. Är det någon annan: säg att du ringer igen. Säg inte vad det gäller.',
    `3. Säg: Du kan lägga på och ringa ${say('clinic.phone')} (${say('clinic.phoneHours')}) om du vill vara ` +
      'säker på att det är vi. Vi frågar aldrig efter BankID, koder eller kortnummer.',
    ...(warning ? [`   Säg också: ${warning}`] : []),
    '4. Be personen säga sitt födelsedatum. Fråga inte efter de fyra sista siffrorna.',
    `5. Säg: Vi vill erbjuda dig en tid för ${say('what')}. Besöket är gratis.`,
    '6. Fråga: Har du haft en svår allergisk reaktion någon gång? Behöver du tolk? Kan du ta dig hit?',
    '7. Boka en tid, eller skriv vad det blev. Säg dag och klockslag två gånger.',
    `8. Säg: Vill du ändra tiden, ring ${say('clinic.phone')}.`,
  ].join('\n')
}
