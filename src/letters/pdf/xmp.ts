const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

// PDF/A allows what its own standard doesn't name only when the file explains it (ISO 19005-2, 6.6.2.3), and
// PDF/UA's mark is such.
const explained = `<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Which part of ISO 14289 the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>`

/**
 * The metadata that says which standards a file was made to (ISO 19005-2, 6.6; ISO 14289-1, 5).
 * @param told every glyph tells its text; where not, neither level A nor PDF/UA is claimed (ISO 19005-2,
 * 6.2.11.7; ISO 14289-1, 7.21.7)
 */
export function xmp({
  title,
  language,
  createdAt,
  told,
}: {
  title: string
  language: string
  createdAt: Date
  told: boolean
}): string {
  const date = `${createdAt.toISOString().slice(0, 19)}Z`
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escaped(title)}</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>${language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>${date}</xmp:CreateDate><xmp:CreatorTool>Kallelse</xmp:CreatorTool><pdf:Producer>Kallelse</pdf:Producer>
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>${told ? 'A' : 'B'}</pdfaid:conformance>${told ? '<pdfuaid:part>1</pdfuaid:part>' : ''}
</rdf:Description>
${told ? explained : ''}</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`
}
