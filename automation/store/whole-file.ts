import { linkSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Makes a file with its text in one step, readable by its owner alone: whoever dies meanwhile leaves all of it or nothing. Throws
 * EEXIST when there is one.
 */
export function makeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  try {
    linkSync(draft, file)
  } finally {
    rmSync(draft)
  }
}
