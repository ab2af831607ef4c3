/** Code → Swedish on screen. */
export const campaignStates: Record<string, string> = {
  draft: 'utkast', approved: 'godkänt', planning: 'planeras', running: 'pågår', paused: 'pausat', finished: 'klart', cancelled: 'avbrutet',
}
export const ways: Record<string, string> = { timed: 'tidsatt kallelse', open: 'öppen kallelse', notice: 'meddelande till allmänheten' }
export const invitationStates: Record<string, string> = {
  suppressed: 'uteslutna', waiting: 'väntar på ledig tid', planned: 'planerade', released: 'kallade, inte bokade än', answered: 'bokade', declined: 'tackat nej',
  expired: 'svarade inte i tid', superseded: 'kallade på nytt', withdrawn: 'återtagna',
}
export const messageStates: Record<string, string> = {
  queued: 'i kö', sending: 'skickas', 'in-doubt': 'ovisst', sent: 'skickade', delivered: 'framme', failed: 'misslyckade', suppressed: 'uteslutna', recalled: 'återtagna',
}
export const steps: Record<string, string> = { invitation: 'kallelse', 'fraud-warning': 'varning för bedragare', correction: 'rättelse', reminder: 'påminnelse', confirmation: 'bokningsbekräftelse' }
export const channels: Record<string, string> = { letter: 'brev', sms: 'sms', email: 'e-post' }
export const bounds: Record<string, string> = { capacity: 'lediga tider', remaining: 'alla som var kvar', phone: 'telefonkön', hard: 'högsta tillåtna' }
export const batchStates: Record<string, string> = { open: 'fylls', sealed: 'förseglad', 'handing-over': 'lämnas över', 'handed-over': 'överlämnad', void: 'makulerad' }
