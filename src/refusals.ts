/**
 * What a person reads in Swedish when something is refused, by the code of errors.ts: what is wrong and what to do. The
 * English message beside it names whom and what; these sentences stand alone, and so hold no name, number or path.
 * A code that is not here does not compile, and test/refusals.test.ts finds one that nothing uses.
 */
export const refusals = {
  'address-too-wide':
    'En rad i adressen får inte plats i kuvertets fönster. Korta den i registret.',
  'already-approved': 'Omplaneringen är redan godkänd och genomförd. Du behöver inte göra något.',
  'already-booked':
    'Personen har redan en tid. Den ligger kvar. ' +
    'Boka om eller avboka den om det ska vara en annan.',
  'already-on-list': 'Personen står redan på ringlistan. Du behöver inte göra något.',
  'already-vaccinated':
    'Personen har redan fått dosen. ' +
    'Är det fel måste mottagningen som har rapporterat den rätta det.',
  'another-booking':
    'Bokningens nummer är redan använt för en annan person eller ett annat ärende. ' +
    'Fråga den som skickade bokningen.',
  'api-key-exists':
    'Det finns redan en API-nyckel med det namnet. Välj ett annat: ' +
    'loggen visar vem som använt nyckeln med hjälp av namnet.',
  'api-key-not-found': 'Det finns ingen API-nyckel i bruk med det namnet. Kontrollera namnet.',
  'appointment-state':
    'Tiden är avbokad eller flyttad, så ingen väntades då. Sök upp personens nuvarande tid.',
  'bad-address': 'Personens adress går inte att skriva ut på ett brev. Rätta den i registret.',
  'bad-answer': 'Svaret ska vara ja eller nej.',
  'bad-area': 'Personen har ingen kallelse. Skriv vilket område du vill söka tider i.',
  'bad-arguments': 'Ange antingen innehållet i 2D-koden eller en bild av den, inte båda.',
  'bad-campaign': 'Utskicket går inte att använda som det är beskrivet. Rätta beskrivningen.',
  'bad-cohort': 'Regeln för målgruppen går inte att använda. Rätta den.',
  'bad-configuration': 'Programmets inställningar är inte rätt. Rätta dem och starta om.',
  'bad-csv':
    'Filen går inte att läsa till slut: ett citattecken saknas eller är för mycket. ' +
    'Rätta filen, eller exportera den igen.',
  'bad-cut': 'Minskningen ska vara ett procenttal från 0 till 100.',
  'bad-date':
    'Datumet stämmer inte. Skriv det som ÅÅÅÅ-MM-DD, och inte en dag som det inte kan vara.',
  'bad-dates': 'Skriv två datum som ÅÅÅÅ-MM-DD, det första först.',
  'bad-days': 'Den sista dagen är före den första. Byt plats på dem.',
  'bad-facts':
    'En uppgift som texten ska fyllas i med har fel form. ' +
    'Rätta uppgiften i utskickets beskrivning.',
  'bad-email': 'E-postadressen är inte rätt skriven. Kontrollera den.',
  'bad-file': 'Filen går inte att läsa som YAML. Rätta den.',
  'bad-goal': 'Målet går inte att använda som det är skrivet. Rätta filen.',
  'bad-group-name':
    'Gruppens namn får ha små bokstäver, siffror och bindestreck, till exempel personal-ambulans.',
  'bad-head': 'Det är inte en kedjas sista rad. Skriv den som evidence verify visade den.',
  'bad-identity-number': 'Det är inget giltigt nummer. Skriv det med 12 siffror.',
  'bad-interval':
    'Tiden mellan doserna ska vara hela dagar, minst 1. ' +
    'Den längsta tiden får inte vara kortare än den kortaste, och nästa dos ska vara en annan dos.',
  'bad-json': 'En rad i filen är inget JSON-objekt. Rätta raden.',
  'bad-key-file': 'Filen med nycklar är inte den som regionen har publicerat. Hämta den igen.',
  'bad-letter': 'Brevet går inte att rita: en uppgift saknas eller är för lång. Rätta den.',
  'bad-line': 'En rad i filen går inte att räkna med. Rätta raden.',
  'bad-link':
    'En länk i filen leder till ett ställe som vi inte hämtar från. ' +
    'Spara filerna själv om du litar på dem, och läs in dem därifrån.',
  'bad-manifest': 'Följesedeln eller listan över filer är inte hel. Be avsändaren om den igen.',
  'bad-municipality': 'En kommun anges med fyra siffror, till exempel 2080.',
  'bad-name': 'Namnet går inte att använda. Skriv minst två tecken, och inga mappar i ett filnamn.',
  'bad-notice':
    'Meddelandet går inte att använda som det är skrivet. ' +
    'Rätta uppgifterna, och välj en kanal eller att visa det på regionens sidor.',
  'bad-number': 'Ett tal är fel eller utanför gränserna. Skriv ett helt tal.',
  'bad-options': 'Välj antingen att slå på eller att häva förhöjt läge, inte båda.',
  'bad-outcome': 'Det är inget av de svar som går att välja. Välj ett av dem.',
  'bad-picture': 'Filen går inte att läsa som bild. Spara den som PNG eller PDF och försök igen.',
  'bad-positions':
    'En rad i filen med lägen är fel, så inget är inläst. ' +
    'Rätta raden: kod, namn, latitud och longitud.',
  'bad-purpose': 'Ärendet går inte att använda som det är beskrivet. Rätta beskrivningen.',
  'bad-receipt':
    'Kvittensen går inte att använda, så inget är noterat. ' +
    'Be tryckeriet om en hel fil i den form som är överenskommen.',
  'bad-role':
    'Det är ingen roll. Välj en av rollerna; en roll på en mottagning skrivs med mottagningens HSA-id.',
  'bad-sealing-key':
    'Nyckeln för sparade meddelanden är fel. Den som sköter driften behöver rätta inställningen.',
  'bad-sender-id':
    'Avsändarnamnet för SMS går inte att visa på en telefon. ' +
    'Välj 1–11 bokstäver och siffror, eller ett telefonnummer.',
  'bad-side': 'Välj vilken tid som ska vara kvar: vår eller den andra.',
  'bad-signing-key': 'Nyckeln som 2D-koder signeras med går inte att använda. Skapa en ny.',
  'bad-state': 'Det är inget av de tillstånd som går att välja. Välj ett av dem.',
  'bad-template': 'En textmall är inte rätt skriven. Rätta den.',
  'bad-time': 'Tiden stämmer inte. Skriv datum och klockslag, och en tid som inte har passerat.',
  'bad-until':
    'Dagen ska vara efter i dag, och inte längre fram än att någon kan veta det. Välj en tidigare dag.',
  'bad-words': 'Orden i rättelsen går inte att använda. Rätta dem.',
  'batch-already-handed-over':
    'Hos tryckeriet ligger redan en fil med samma namn men annat innehåll. ' +
    'Inget är ändrat. Fråga tryckeriet vad de har tryckt.',
  'batch-not-handed-over':
    'Tryckfilen är inte överlämnad, men kvittensen säger något om den. ' +
    'Inget är noterat. Fråga tryckeriet vad de har tryckt.',
  'call-finished': 'Samtalet är redan avslutat. Du behöver inte göra något.',
  'campaign-exists': 'Det finns redan ett annat utskick med det namnet. Välj ett annat namn.',
  'can-not-read': 'Filen eller adressen går inte att läsa. Kontrollera den och försök igen.',
  'changed-after-sealing':
    'Tryckfilen är ändrad sedan den förseglades, så den är inte överlämnad. ' +
    'Ta bort den, så framställs den igen.',
  'channel-not-ready':
    'En kanal som utskicket behöver är inte inställd, eller så svarar ingen leverantör. ' +
    'Ta bort kanalen ur planen, eller be driften ställa in den.',
  'conflict-decided':
    'Dubbelbokningen är redan avgjord. Den står kvar tills den andra mottagningen har avbokat.',
  'database-as-root':
    'Den inbyggda databasen kan inte köras som root här. ' +
    'Kör som vanlig användare, eller ange en egen databas.',
  'database-is-there':
    'Det finns redan en databas där. Stoppa alla program och flytta undan den först.',
  'database-locked':
    'Ett annat program startar eller stoppar den inbyggda databasen. ' +
    'Vänta, eller se efter om något har fastnat.',
  'database-not-made':
    'Den inbyggda databasen gick inte att skapa. ' +
    'Se vad som står i felet, eller ange en egen databas.',
  'database-not-started':
    'Den inbyggda databasen startade inte. Se efter i dess logg, eller ange en egen databas.',
  'not-a-backup': 'Filen är inte en hel säkerhetskopia. Ta en annan.',
  'not-restored': 'Databasen är inte märkt som återläst.',
  'restored-already':
    'Databasen är redan märkt som återläst. När allt är jämfört: kallelse backup compared.',
  'unknown-point':
    'Databasen känner inte till någon säkerhetskopia. Ange vilket ögonblick den är återläst till.',
  'own-server':
    'Det gäller bara den inbyggda databasen. Säkerhetskopiera er egen server med dess verktyg.',
  'worker-not-started':
    'Programmet kunde inte börja skicka meddelanden och har avslutats. Den som driver det måste läsa loggen.',
  'reply-settled': 'Svaret är redan hanterat av någon annan. Du behöver inte göra något.',
  'reply-has-no-question':
    'Det går inte att säga vilken fråga svaret gäller. Ring personen och markera svaret som läst.',
  'database-busy':
    'Något annat arbete pågår just nu, så det gick inte. Inget är ändrat. Vänta en minut och försök igen.',
  'direct-connection-needed':
    'Databasen nås genom en pooler, och uppgraderingen behöver en egen anslutning. Ange DATABASE_DIRECT_URL.',
  'direct-elsewhere':
    'DATABASE_DIRECT_URL leder till en annan databas än DATABASE_URL. Rätta adressen.',
  'database-unreachable':
    'Databasen går inte att nå. Kontrollera att den är i gång och att adressen till den är rätt.',
  deceased: 'Personen är avliden. Kontrollera att du har valt rätt person.',
  'does-not-open':
    'Det som sparats går inte att öppna: det har ändrats. Kontakta den som sköter driften.',
  'double-column': 'Två kolumner i filen är för samma uppgift. Ta bort den ena.',
  'double-columns': 'Två kolumner i filen är för samma uppgift. Ta bort den ena.',
  'dry-run-or-by': 'Välj antingen att bara prova eller att göra det, och skriv då vem som gör det.',
  'empty-file': 'Filen är tom. Kontrollera att det är rätt fil.',
  'empty-reserve-list':
    'Ingen i området står på reservlistan för ärendet. Lägg till personer först.',
  'failed-answer': 'Filen är ett svar om att frågan misslyckades. Hämta historiken igen.',
  'far-smaller':
    'Filen har mycket färre rader än den förra, så inget är inläst. Kontrollera att den är hel. ' +
    'Ska den bara gälla en del av befolkningen, säg det när du läser in den.',
  'file-changed':
    'Filen ändrades medan den lästes. Vänta tills den är skriven till slut och läs in den igen.',
  'folder-exists': 'Mappen går inte att skapa. Välj en mapp som inte redan finns.',
  'fraud-report-already-handled': 'Bluffrapporten är redan hanterad av någon. Inget är ändrat.',
  'fraud-report-not-found': 'Det finns ingen sådan bluffrapport. Välj en i listan.',
  'funnel-does-not-add-up':
    'Tratten går inte ihop med målgruppen, så ingen rapport görs. ' +
    'Kontakta den som sköter systemet.',
  'gone-from-register':
    'Personen finns inte kvar i registret och tillfrågas inte. Är det fel, rätta registret först.',
  'half-would-leave':
    'Mer än hälften av gruppen saknas i filen, så inget är inläst. ' +
    'Är filen bara en del av gruppen, säg det. Stämmer det att så många slutar, bekräfta det.',
  'host-key-changed':
    'Tryckeriets server visar en annan nyckel än den ska. Inget är skickat. ' +
    'Ring tryckeriet och jämför nyckeln: någon kan ha ställt sig emellan.',
  'host-key-not-pinned':
    'Nyckeln till tryckeriets server är inte inlagd. ' +
    'Inget är skickat. Ring tryckeriet, jämför nyckeln och lägg in den.',
  'illegal-transition':
    'Det går inte i det läge som det är i nu. Ladda om sidan och se vad som har hänt sedan dess.',
  'is-a-notice':
    'Det är ett meddelande till allmänheten, inget utskick. Se det bland meddelandena.',
  'json-array': 'Filen är en enda JSON-lista. Skriv ett objekt på varje rad (NDJSON), eller CSV.',
  'left-out': 'Personen skulle inte få något från utskicket. Se vem som är utesluten och varför.',
  'letter-too-long':
    'En del av brevet får inte plats på en sida. Korta texten, eller dela stycket i två.',
  'long-line': 'En rad i filen är för lång. Kontrollera att varje rad är en person.',
  'member-exists': 'Medarbetaren finns redan. Ändra rollerna i stället.',
  'member-not-found': 'Det finns ingen medarbetare med den e-postadressen. Kontrollera adressen.',
  'message-not-composed':
    'Meddelandet är inte framställt än, så det finns inget innehåll att visa. Försök igen senare.',
  'message-not-found':
    'Det finns inget sådant meddelande, eller så är det inte framställt än. ' +
    'Välj ett i personens underlag.',
  'migration-edited':
    'En ändring av databasen har skrivits om sedan den gjordes här. ' +
    'Återställ den, och skriv en ny i stället.',
  'missing-columns':
    'Filen saknar kolumner som måste finnas. Kontrollera rubrikerna på första raden.',
  'missing-fact':
    'Texten behöver en uppgift som saknas, så inget är skickat. ' +
    'Lägg till uppgiften i utskickets beskrivning.',
  'missing-glyph':
    'Ett tecken finns inte i något av brevens typsnitt. ' +
    'Skriv namnet eller texten utan det, eller be om ett typsnitt som har det.',
  'missing-words':
    'Rättelsen saknar ord på ett språk som meddelandet gick ut på. ' +
    'Skriv vad som var fel och vad som är rätt på det språket också.',
  'mixed-encoding':
    'Filen är bara delvis UTF-8, så namn skulle bli fel. Exportera den igen som CSV UTF-8.',
  'no-campaign': 'En person får något från ett utskick. Skriv vilket utskick du menar.',
  'no-code-found':
    'Ingen 2D-kod från ett brev gick att läsa i bilden. ' +
    'Ta bilden rakt uppifrån, med hela koden och en vit kant runt den.',
  'no-days': 'Filen har inga dagar. Använd raderna som gavs till beräkningen av dagens antal.',
  'no-doses':
    'Mottagningen har ingen dos kvar till den dagen. ' +
    'Välj en senare tid eller en annan mottagning.',
  'no-embedded-database':
    'Det finns ingen inbyggd databas för den här sortens dator. Ange en egen databas.',
  'no-file': 'Filen går inte att läsa. Kontrollera namnet.',
  'no-forwarding-address':
    'Någon har skyddad folkbokföring, ' +
    'men adressen till Skatteverkets förmedling är inte inställd. Ställ in den först.',
  'no-member-name': 'Skriv medarbetarens namn.',
  'no-mobile':
    'Erbjudanden skickas med SMS, men personen har inget svenskt mobilnummer. ' +
    'Lägg in det i registret först.',
  'no-name':
    'Skriv ditt namn, så att loggen visar vem som tittar, godkänner eller ändrar. ' +
    'Skriv också enheten om det finns en ruta för den.',
  'no-reason': 'Skriv varför doserna kasserades.',
  'no-sealing-key':
    'Det saknas en nyckel för sparade meddelanden. Den som sköter driften behöver ställa in den.',
  'bounce-mailbox-away':
    'Brevlådan för studsar går inte att läsa. Kontrollera inställningarna och att servern svarar.',
  'no-bounce-mailbox': 'Ingen brevlåda för studsar är inställd. Ställ in den, eller ange en fil.',
  'no-such-bounce': 'Studsen finns inte, eller så är den redan avgjord. Välj en i listan.',
  'no-such-email': 'Inget skickat e-postmeddelande har den beteckningen. Kontrollera den.',
  'no-such-file': 'Filen finns inte. Kontrollera namnet.',
  'no-out-file': 'Skriv vilken fil dokumentet ska skrivas till.',
  'no-such-language': 'Texten finns inte på det språket. Välj ett språk som den finns på.',
  'no-such-sealing-key':
    'Det som sparats är låst med en nyckel som saknas. Kontakta den som sköter driften.',
  'no-translation':
    'Texten är svensk och alltså ingen översättning. Den godkänns tillsammans med utskicket.',
  'cohort-changed':
    'Målgruppen har blivit mer än tio procent större eller mindre sedan utskicket godkändes. ' +
    'Stämmer det ska två personer godkänna det igen.',
  'nobody-invited':
    'Ingen skulle bli kallad. Se efter varför alla i målgruppen är uteslutna, ' +
    'och rätta regeln eller avbryt utskicket.',
  'no-usual-week':
    'Mottagningen har inga tider, så ingen vet vad som är vanligt där. Läs in dess tider först.',
  'not-a-demo-database':
    'Databasen har uppgifter från något annat än demon. Ge demon en egen, tom databas.',
  'not-bookable': 'Personen kan inte längre bokas här. Se efter i registret.',
  'double-encoded':
    'Filens å, ä och ö har gjorts om två gånger, så namnen blir fel. Exportera den på nytt som UTF-8.',
  'mac-roman':
    'Filen är i en gammal Macintosh-kodning, så namnen blir fel. Exportera den på nytt som UTF-8.',
  'replacement-characters':
    'Filens å, ä och ö har gått förlorade och blivit �. Exportera den på nytt som UTF-8.',
  'not-csv': 'Filen går inte att läsa som CSV. Kontrollera att den är hel och av rätt sort.',
  'not-eligible':
    'Personen kan inte bokas för ärendet: det är inte personens tur än, ' +
    'dosen är redan given, inget utskick pågår eller personen är avliden.',
  'not-fhir': 'Filen är inte FHIR R4 med bokningar. Be avsändaren om en fil i rätt form.',
  'not-in-doubt':
    'Meddelandet är inte oklart, eller så finns det inte. Välj ett i listan över oklara.',
  'not-invited': 'Personen är inte kallad till ärendet. Kontrollera ärendet och personen.',
  'not-for-posters':
    'Texten går inte att göra till affisch: den är för lång eller skrivs från höger till vänster. ' +
    'Skriv ut webbsidan i stället.',
  'not-its-language':
    'Utskicket går inte ut på det språket: ' +
    'de som läser det får svenska. Välj ett av utskickets språk.',
  'not-ndjson': 'Filen är inte NDJSON. Skriv ett JSON-objekt på varje rad.',
  'not-on-reserve-list': 'Personen står inte på reservlistan för ärendet. Kontrollera ärendet.',
  'not-text':
    'Filen är packad eller ett kalkylblad, inte text. Packa upp den, eller spara den som CSV UTF-8.',
  'not-open': 'Utskicket ger fasta tider, så det finns inget att förutse. Välj ett öppet utskick.',
  'not-planned':
    'Utskicket är inte planerat än. Starta det, eller se vad som är känt före starten: campaign check.',
  'not-public':
    'Meddelandet ligger inte på regionens sidor, så det finns inget att ta bort. ' +
    'Avbryt det om det inte ska skickas.',
  'not-released':
    'Kallelsen går inte att boka med: ' +
    'den är inte öppen, eller inte längre. Ring regionen om det är fel.',
  'not-running': 'Utskicket pågår inte än. Breven framställs när det har startat, och efteråt.',
  'not-said':
    'Ingen har sagt att leveranserna till mottagningen fortsätter, så det finns inget att ta tillbaka.',
  'not-timed':
    'Utskicket är öppet och personerna bokar själva. Det finns ingen plan att förbättra.',
  'not-xml': 'Filen är inte XML i rätt form. Spara svaret igen.',
  'nobody-twice':
    'Det är inte känt att någon har fått det två gånger. Ange tryckfilen som trycktes två gånger, läs in tryckeriets kvittens, eller ange vilka.',
  'not-said-again':
    'Det som gick till fel personer skickas inte till dem igen. Ta bort valet att skicka om.',
  'nothing-booked': 'Det finns ingen bokad tid. Kontrollera personen eller koden.',
  'nothing-said': 'Ange hur många tider det finns, hur många samtal ni kan ta emot, eller båda.',
  'nothing-to-correct':
    'Ingen har fått något av det, och inget är på väg. Det finns inget att rätta.',
  'nothing-to-preview': 'Välj ett utskick eller en text att granska.',
  'notice-exists':
    'Det finns redan ett annat meddelande eller utskick med det namnet. Välj ett annat namn.',
  'notice-not-held':
    'Ett meddelande till allmänheten planeras när det skickas. Förhandsgranska det i stället.',
  'opted-out':
    'Personen har bett att slippa kallelser och tillfrågas inte. ' +
    'Vill personen ha dem igen, notera det i registret först.',
  'other-clinic':
    'Nyckeln gäller en annan mottagning. Be den mottagningen, eller regionens växel, att göra det.',
  'ordinator-missing': 'Skriv vilken läkare som har ordinerat.',
  'person-not-found': 'Det finns ingen sådan person. Kontrollera numret.',
  'plan-changed':
    'Tider bokades eller ändrades medan planen räknades ut, så inget är gjort. Kör igen.',
  'port-taken':
    'Ett annat program använder redan porten. Stoppa det, eller ställ in en annan port.',
  protected:
    'Personen har skyddade uppgifter och hanteras bara i arbetslistan för dem. Ring i stället.',
  'protected-person':
    'Personen har skyddade uppgifter och visas bara i arbetslistan för dem. Försöket är noterat.',
  'purpose-like-another':
    'Ärendet liknar ett som redan finns. Den som har fått det ena skulle kallas igen för det ' +
    'andra. Använd det som finns, eller lägg till det nya med --really-new.',
  'purpose-not-valid': 'Ärendet gäller inte i dag. Ändra dess dagar i registret om det är fel.',
  'quiet-hours':
    'Så här dags skickas inga SMS med erbjudanden. Ring i stället, eller vänta till nästa dag.',
  'receipt-for-another-batch':
    'Kvittensen nämner en tryckfil, men breven hör till en annan. ' +
    'Inget är noterat. Be tryckeriet om en kvittens med rätt namn.',
  'report-not-written':
    'Listan över underkända rader gick inte att spara, så inget är inläst. ' +
    'Välj en annan plats för den.',
  'round-exists': 'Mottagningen har redan ett utrop som pågår. Avsluta det först.',
  'round-finished': 'Utropet är redan avslutat. Starta ett nytt om det finns platser kvar.',
  'same-person': 'Den som föreslog omplaneringen får inte godkänna den. Be en annan person.',
  'same-time': 'Det är tiden som redan är bokad. Välj en annan om den ska ändras.',
  'slot-central':
    'Den som har haft en svår allergisk reaktion vaccineras inte på en centralmottagning. ' +
    'Välj en tid på en annan mottagning.',
  'slot-elsewhere':
    'Tiden är i ett annat område eller på en annan dag än kallelsen gäller. Välj en annan tid.',
  'slot-full': 'Någon annan hann boka tiden. Välj en annan.',
  'slot-past': 'Tiden har passerat. Välj en annan, eller ring mottagningen.',
  'slot-unknown': 'Det finns ingen sådan tid. Välj en annan.',
  'stale-proposal':
    'Något som förslaget byggde på har ändrats, så inget är gjort. Gör ett nytt förslag.',
  'stale-schema': 'Filen med databasens schema är gammal. Gör den på nytt med npm run schema.',
  'stale-text':
    'Den svenska texten har ändrats sedan översättningen gjordes. ' +
    'Översätt ändringen och godkänn sedan.',
  stopped: 'Arbetet stoppades innan det var klart. Kör det igen, så fortsätter det.',
  'supplier-login':
    'Tryckeriets server släpper inte in oss. Kontrollera användare, nyckel och lösenord.',
  'supplier-unreachable':
    'Tryckeriets server går inte att nå. Tryckfilerna väntar och ett nytt försök görs. ' +
    'Kontrollera adressen om det inte går över.',
  'texts-changed':
    'Texterna har ändrats sedan utskicket godkändes. Två personer måste godkänna dem som de är nu.',
  'texts-not-ready':
    'Texterna är inte klara att skickas. ' +
    'Rätta dem, eller låt någon som läser språket godkänna översättningarna.',
  'too-early': 'Dagen för besöket har inte kommit än. Notera besöket tidigast den dagen.',
  'too-large': 'Filen är för stor. Dela den i flera.',
  'too-many-bad-rows':
    'För många rader är fel, så inget är inläst. ' +
    'Rätta filen, eller välj att ändå läsa in de rader som är rätt.',
  'too-many-rejected':
    'För många rader är fel, så inget är inläst. ' +
    'Rätta filen, eller välj att ändå läsa in de rader som är rätt.',
  'too-soon': 'Kommunerna behöver längre tid på sig. Välj en senare dag för det första besöket.',
  truncated: 'Filen verkar vara avkapad, så inget är inläst. Exportera den igen.',
  'truncated-receipt':
    'Kvittensen är avkapad eller skadad, så inget är noterat. Be tryckeriet om hela filen.',
  'unknown-action': 'Det går inte att göra. Ladda om sidan och välj något av det som visas.',
  'unknown-appointment': 'Det finns ingen sådan bokning. Sök upp personen igen.',
  'unknown-area': 'Ingen mottagning ligger i ett område med det namnet. Kontrollera stavningen.',
  'unknown-batch':
    'Det finns ingen tryckfil med det namnet, så inget är noterat. Fråga tryckeriet vems den är.',
  'unknown-bench': 'Det finns ingen sådan mätning. Välj en i listan.',
  'unknown-call': 'Det finns inget sådant samtal på ringlistan. Hämta listan igen.',
  'unknown-campaign': 'Det finns inget sådant utskick. Välj ett i listan över utskick.',
  'unknown-clinic': 'Det finns ingen mottagning med det HSA-id:t. Läs in mottagningen först.',
  'unknown-code':
    'Det finns inget öppet med den koden. Läs koden en gång till, eller sök på personnumret.',
  'unknown-conflict': 'Dubbelbokningen finns inte längre. Se listan.',
  'unknown-delivery': 'Det finns ingen leverans till mottagningen den dagen. Kontrollera dagen.',
  'unknown-goal': 'Det finns inget mål med det namnet. Kontrollera namnet.',
  'unknown-language':
    'Språket finns inte här. Skriv språkets kod, till exempel sv, sv-simple, en eller ar.',
  'unknown-notice': 'Det finns inget sådant meddelande. Välj ett i listan.',
  'unknown-offer': 'Det finns inget sådant erbjudande som väntar. Se hur utropet går.',
  'unknown-person':
    'Personen finns inte i registret, eller så är numren samma person. ' +
    'Läs in personen först, eller kontrollera numret.',
  'unknown-proposal': 'Det finns inget sådant förslag till omplanering. Gör ett nytt förslag.',
  'unknown-purpose':
    'Det finns inget sådant ärende i registret. Kontrollera stavningen, eller lägg till det först.',
  'unknown-round': 'Det finns inget sådant utrop. Kontrollera numret.',
  'unknown-row': 'Det finns ingen sådan rad i arbetslistan. Hämta listan igen.',
  'unknown-slot':
    'Mottagningen har ingen tid då. Läs in mottagningens tider först och sedan bokningarna.',
  'unknown-target':
    'Det går inte att se vad rättelsen gäller. ' +
    'Välj ett utskick, ett meddelande, en tryckfil eller en omgång.',
  'unknown-template': 'Det finns ingen sådan text. Välj en i listan över texter.',
  'unknown-text': 'Det finns ingen sådan text på det språket och i den kanalen. Välj en som finns.',
  'unreadable-file': 'Filen går inte att läsa. Kontrollera namnet och innehållet.',
  'utf-16': 'Filen är sparad som UTF-16 (”Unicode-text”). Spara den som CSV UTF-8.',
  'which-doses':
    'Filen har vaccinationer av alla slag. Skriv vilka som gäller och vilket ärende de hör till.',
  'who-answers': 'Gruppen är ny. Skriv vem som ansvarar för listan.',
} as const satisfies Record<string, string>

/** The codes that something can be refused with. */
export type RefusalCode = keyof typeof refusals

/** `not-eligible` by its reason: who sits with the person on the phone must say which it is. */
export const ineligibleWhy: Readonly<Record<string, string>> = {
  deceased: 'Personen är avliden. Kontrollera att du har valt rätt person.',
  'already-vaccinated':
    'Personen har redan fått dosen. Är det fel måste mottagningen som rapporterade den rätta det.',
  'no-campaign': 'Inget utskick pågår som ärendet kan bokas i.',
  'not-in-cohort':
    'Det är inte personens tur än: personen är inte kallad, och hör inte till någon grupp som är öppen nu.',
}
