import { writeFileSync } from 'node:fs'

const loopback = ['127.0.0.1', '[::1]', 'localhost', '']
const tlsModes = ['disable', 'require', 'verify-ca', 'verify-full']

/** The database of the journal: `postgres://…`, or null for the one that is embedded. Its password is in no problem's line. */
export function databaseUrlOf(text: string | undefined, problems: string[]): string | null {
  if (!text) return null
  const problem = wrongDatabase(text)
  if (problem) problems.push(`DATABASE_URL ${problem}`)
  return text
}

function wrongDatabase(text: string): string | null {
  if (!isPostgres(text)) return 'is not a URL of the form postgres://user:password@host:port/database'
  const { hostname, pathname, searchParams } = new URL(text)
  if (pathname.length < 2) return 'names no database: postgres://host:port/database'
  const tls = searchParams.get('sslmode')
  if (tls !== null && !tlsModes.includes(tls)) return `says sslmode=${tls}, which is none of ${tlsModes.join(', ')}`
  return tls === null && !loopback.includes(hostname)
    ? 'names another machine and no sslmode: say sslmode=verify-full with the server’s sslrootcert, or sslmode=disable'
    : null
}

const isPostgres = (url: string): boolean => URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)

/**
 * The journal's database for Pulumi's state. Pulumi puts the path of the URL before every key, so a restored state would be found only
 * in a database of the same name; without a path the keys are the same in every database.
 */
export function stateIn(databaseUrl: string): string {
  const asked = new URL(databaseUrl)
  asked.searchParams.set('dbname', decodeURIComponent(asked.pathname.slice(1)))
  asked.pathname = '/'
  return asked.href
}

/** Where Pulumi keeps the state, as its CLI is told it. */
export interface Backend {
  /** Without a password, because a URL stands in errors, environments and answers. */
  readonly url: string
  /** The password of a database, in the form that PGPASSFILE names; null: there is none. */
  readonly passwordFile: string | null
}

/**
 * A backend in PostgreSQL as the CLI's driver (lib/pq) takes it: of its scheme alone, TLS said in so many words, because it wants
 * TLS where nothing is said, and its password in a file. Any other backend as it is.
 */
export function backendOf(url: string, passwordFile: string): Backend {
  if (!isPostgres(url)) return { url, passwordFile: null }
  const asked = new URL(url.replace(/^postgresql:/, 'postgres:'))
  const password = decodeURIComponent(asked.password)
  asked.password = ''
  if (!asked.searchParams.has('sslmode') && loopback.includes(asked.hostname)) {
    asked.searchParams.set('sslmode', 'disable')
  }
  if (password === '') return { url: asked.href, passwordFile: null }
  const line = `*:*:*:*:${password.replaceAll(/[\\:]/g, '\\$&')}\n`
  writeFileSync(passwordFile, line, { mode: 0o600 })
  return { url: asked.href, passwordFile }
}
