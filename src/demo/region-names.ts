/** Names that were common among those born in the 1940s, by language. Combined by chance: nobody is meant. */
interface Names {
  female: readonly string[]
  male: readonly string[]
  family: readonly string[]
}

const words = (text: string): readonly string[] => text.split(' ')

/** Shares of the languages in which people want to be written to. */
export const languageShares = [
  ['sv', 0.94],
  ['fi', 0.022],
  ['en', 0.007],
  ['ar', 0.007],
  ['bs', 0.007],
  ['pl', 0.006],
  ['fa', 0.006],
  ['so', 0.005],
] as const
export type SampleLanguage = (typeof languageShares)[number][0]

export const names: Record<SampleLanguage, Names> = {
  sv: {
    female: words(
      'Anna Birgitta Margareta Karin Kerstin Ingrid Gunilla Marianne Elisabeth Barbro Inger Ulla Eva Christina Monica Gun Britt Lena Solveig Siv Maj-Britt Anita Berit Yvonne Agneta Ann-Marie Gunnel Rut Inga Sonja',
    ),
    male: words(
      'Lars Karl Anders Per Bengt Jan Sven Nils Bo Göran Hans Åke Erik Olof Lennart Rolf Leif Kjell Ulf Bertil Arne Stig Roland Kurt Rune Sune Ove Björn Gunnar Tage',
    ),
    family: words(
      'Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson Jansson Hansson Bengtsson Lindberg Lindström Lundgren Berglund Hedlund Åkerlund Östlund Sjöberg Björk Hägg Ström Norén Wikström Dahlin Ekström Forslund Hellström Matsson Ersson Ollas Hed-Larsson',
    ),
  },
  fi: {
    female: words('Anneli Ritva Aino Helena Eila Pirkko Raili Tuula Kaarina Seija'),
    male: words('Juhani Matti Kalevi Pentti Seppo Tapio Veikko Eino Reijo Heikki'),
    family: words(
      'Korhonen Virtanen Mäkinen Nieminen Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen',
    ),
  },
  en: {
    female: words('Margaret Patricia Susan Jean Dorothy'),
    male: words('John William Robert Peter Alan'),
    family: words('Smith Taylor Walker Hughes Murphy'),
  },
  ar: {
    female: words('Fatima Layla Amina Salma Nadia'),
    male: words('Ahmad Hassan Yusuf Khalil Ibrahim'),
    family: words('Haddad Khoury Mansour Saleh Nasser'),
  },
  fa: {
    female: words('Parvin Shirin Mahin Soraya Zahra'),
    male: words('Hossein Reza Mehdi Ali Bahram'),
    family: words('Karimi Rahimi Ahmadi Moradi Hosseini'),
  },
  so: {
    female: words('Halimo Khadija Sahra Faduma Asha'),
    male: words('Abdi Mohamed Ismail Osman Farah'),
    family: words('Warsame Jama Abdullahi Nur Hirsi'),
  },
  bs: {
    female: words('Fatima Mirjana Senada Emina Vesna'),
    male: words('Dragan Mirsad Senad Ivo Hasan'),
    family: words('Hadžić Begić Kovačević Delić Šarić'),
  },
  pl: {
    female: words('Danuta Halina Krystyna Barbara Zofia'),
    male: words('Andrzej Jerzy Stanisław Tadeusz Zbigniew'),
    family: words('Kowalski Wiśniewski Wójcik Zieliński Szymański'),
  },
}

/** Streets that many towns have. */
export const streets = words(
  'Storgatan Kyrkogatan Järnvägsgatan Skolgatan Västra_gatan Östra_gatan Parkvägen Björkvägen Tallvägen Granvägen Lingonstigen Åsvägen Älvgatan Sjövägen Hantverkargatan Smedjegatan Bergsgatan Ängsvägen Solvägen Backvägen Trädgårdsgatan Lärkvägen Skogsvägen Nygatan',
).map((s) => s.replace('_', ' '))
/** Care homes: an address that many share without being a household. */
export const careHomes = words('Solgården Björkhaga Lillhagen Rosenbacken')
export const villages = words(
  'Norrbyn Sörbyn Västanå Österby Bergslogen Lillfors Kvarnbacken Fäbodarna',
)
