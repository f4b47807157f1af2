import fp from 'fastify-plugin'

/**
 * Refuses what a database cannot keep: the character NUL and halves of surrogate pairs, wherever a caller put them. Else they would
 * be found out in the middle of a transaction, as an error of ours.
 */
export const storableText = fp(
  (app, _options, done) => {
    app.addHook('preValidation', (request, _reply, next) => {
      const parts = { params: request.params, query: request.query, headers: request.headers, body: request.body }
      const where = Object.entries(parts).find(([, value]) => hasUnstorable(value))?.[0]
      if (where === undefined) return next()
      const message = `${where}: a text has the character NUL or half a surrogate pair`
      next(Object.assign(new Error(message), { statusCode: 400 }))
    })
    done()
  },
  { name: 'storable-text' },
)

function hasUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed()
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, inner]) => hasUnstorable(key) || hasUnstorable(inner))
}
