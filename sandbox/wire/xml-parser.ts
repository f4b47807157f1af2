/** An element without its attributes and the prefix of its name: no operation that is served has any use for them. */
export interface XmlElement {
  readonly name: string
  readonly children: XmlElement[]
  /** All text directly in it. */
  text: string
}

/** The document is not well-formed, or has a document type, which AWS does not take either. */
export class XmlSyntaxError extends Error {}

const attributes = String.raw`(?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*`
const token = new RegExp(
  [
    String.raw`<!--[\s\S]*?-->|<\?[\s\S]*?\?>`,
    String.raw`<!\[CDATA\[(?<data>[\s\S]*?)\]\]>`,
    String.raw`<\/(?<end>[^\s<>/]+)\s*>`,
    String.raw`<(?<start>[^\s<>/!?]+)${attributes}\s*(?<empty>\/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'y',
)

/** The root element. Throws XmlSyntaxError. */
export function parseXml(xml: string): XmlElement {
  const document: XmlElement = { name: '', children: [], text: '' }
  const open = [document]
  token.lastIndex = 0
  for (let at = 0; at < xml.length; at = token.lastIndex) {
    const groups = token.exec(xml)?.groups
    const parent = open.at(-1)
    if (!groups || !parent) throw new XmlSyntaxError(`no markup that is known at character ${at}`)
    take(groups, parent, open)
  }
  const [root, ...more] = document.children
  if (!root || more.length > 0 || open.length > 1 || document.text.trim() !== '') {
    throw new XmlSyntaxError('not one root element')
  }
  return root
}

function take(groups: Readonly<Record<string, string | undefined>>, parent: XmlElement, open: XmlElement[]): void {
  const { data, text, start, end, empty } = groups
  if (data !== undefined) parent.text += data
  if (text !== undefined) parent.text += unescape(text)
  if (start !== undefined) {
    const child: XmlElement = { name: localName(start), children: [], text: '' }
    parent.children.push(child)
    if (!empty) open.push(child)
  }
  if (end !== undefined) {
    if (parent.name !== localName(end)) throw new XmlSyntaxError(`</${end}> closes <${parent.name}>`)
    open.pop()
  }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescape(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w*));?/g, (whole, hex?: string, decimal?: string) => {
    const name = whole.slice(1, -1)
    const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : undefined
    const character = code === undefined ? named[name] : code <= 0x10ffff ? String.fromCodePoint(code) : undefined
    if (character === undefined || !whole.endsWith(';')) throw new XmlSyntaxError(`${whole} is no entity`)
    return character
  })
}
