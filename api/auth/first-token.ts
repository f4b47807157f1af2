import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { itself } from '../../automation/asker.ts'
import type { Store } from '../../automation/store/store.ts'
import { addTokenOnce } from '../../automation/tokens.ts'
import { Secret } from '../secret.ts'
import { newToken, tokenFor, tokenPattern } from './api-tokens.ts'

export interface FirstToken {
  readonly token: Secret
  readonly file: string
}

/** One id for all services that start on the same journal at once: the database lets one of them win. */
const firstId = 'token-0'

/**
 * The admin's, made when the journal has no token yet, and written into the data directory for nobody else to read. The file comes
 * first: a service that dies in between finds it again. A file that is there already has the token that is taken.
 *
 * null: there are tokens.
 */
export async function firstToken(store: Store, dataDir: string): Promise<FirstToken | null> {
  if (await store.read.tokens.any()) return null
  const file = join(dataDir, 'admin-token')
  const found = existsSync(file)
  if (!found) writeFileSync(file, `${newToken().reveal()}\n`, { mode: 0o600, flag: 'wx' })
  const text = readFileSync(file, 'utf8').trim()
  if (!tokenPattern.test(text))
    throw new Error(`${file} has no token (cut_ and 43 characters); remove it and start again`)
  const request = { subject: 'admin', role: 'admin', scope: null, expiresAt: null } as const
  const asker = itself('eks-cutover', 'the journal had no token', Date.now())
  const { token, record } = tokenFor(request, asker.by, firstId, new Secret(text))
  if (await addTokenOnce(store, record, asker)) return { token, file }
  if (!found) rmSync(file)
  return null
}
