/**
 * Domain names as Route 53 keeps and shows them: lower case, with the trailing dot, and octal escapes for all but letters,
 * digits, hyphen and underscore ("DNS domain name format" in its guide), so that `*` is `\052`.
 */
export function canonicalName(text: string): string {
  const name = text.toLowerCase().replace(/\\\d{3}|[^a-z0-9._-]/g, (part) => (part.length > 1 ? part : octal(part)))
  return name.endsWith('.') ? name : `${name}.`
}

const octal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`

/** The order of all lists of names: by label, from the last one on. */
export const byLabels = (a: string, b: string): number => compare(reversed(a), reversed(b))

/** `www.example.com.` → `com.example.www.` */
const reversed = (name: string): string => `${name.replace(/\.$/, '').split('.').reverse().join('.')}.`

export const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** The domain itself is within it. */
export const isWithin = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`)

/** What is wrong with the name, in Route 53's words; undefined: nothing. */
export function nameProblem(text: string): string | undefined {
  const labels = text.replace(/\.$/, '').split('.')
  const fatal = (code: string, meaning: string) => `FATAL problem: ${code} (${meaning}) encountered with '${text}'`
  if (/[^\u0021-\u007e]/.test(text)) return fatal('UnsupportedCharacter', 'Value contains unsupported characters')
  if (labels.some((label) => label === '')) return fatal('DomainLabelEmpty', 'Domain label is empty')
  if (labels.some((label) => label.length > 63)) return fatal('DomainLabelTooLong', 'Domain label is too long')
  if (text.length > 255) return fatal('DomainNameTooLong', 'Domain name is too long')
  return undefined
}
