/** The parts of an import id such as `REST-API-ID/STAGE`. Fails in the official provider's words. */
export function importParts(text: string, form: string): string[] {
  const wanted = form.split('/').length
  const parts = text.split('/')
  if (parts.length < wanted || parts.some((part) => part === ''))
    throw new Error(`Unexpected format of ID (${JSON.stringify(text)}), expected ${form}`)
  // The last part of a route key or resource may have slashes of its own.
  return [...parts.slice(0, wanted - 1), parts.slice(wanted - 1).join('/')]
}
