import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Tables } from './schema.ts'

/** This service could open no secret of the journal's stacks; trying again does not mend it. */
export class PassphraseDiffers extends Error {
  constructor() {
    super(
      "the passphrase is not the one that this journal's stacks are encrypted with. Every service of one journal needs the same: " +
        'give this one the file of the others (PULUMI_CONFIG_PASSPHRASE_FILE).',
    )
    this.name = 'PassphraseDiffers'
  }
}

/** What the journal knows of the passphrase: a salted hash, by which it is recognised and not found out. */
export class Passphrase {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** Throws PassphraseDiffers when another was used with this journal before. The first one that is asked about is the one. */
  async require(passphrase: string): Promise<void> {
    const salt = randomBytes(16)
    const first = { salt: salt.toString('base64'), hash: (await hashOf(passphrase, salt)).toString('base64') }
    await this.#db
      .insertInto('passphrase')
      .values(first)
      .onConflict((conflict) => conflict.column('one').doNothing())
      .execute()
    const known = await this.#db.selectFrom('passphrase').select(['salt', 'hash']).executeTakeFirstOrThrow()
    const own = await hashOf(passphrase, Buffer.from(known.salt, 'base64'))
    if (!timingSafeEqual(own, Buffer.from(known.hash, 'base64'))) throw new PassphraseDiffers()
  }
}

/** Slow enough (0.1 s, 32 MiB) that a copy of the journal does not give away a passphrase that somebody thought of. */
const hashOf = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(passphrase, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }, (error, hash) =>
      error ? reject(error) : resolve(hash),
    )
  })
