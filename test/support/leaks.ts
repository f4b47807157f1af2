import { afterAll } from 'vitest'

/** Sockets, servers and child processes that a test file leaves open fail it. */
const counted = ['TCPServerWrap', 'TCPSocketWrap', 'ProcessWrap', 'PipeWrap']

const count = (): Record<string, number> => {
  const open = process.getActiveResourcesInfo()
  return Object.fromEntries(counted.map((kind) => [kind, open.filter((one) => one === kind).length]))
}

// the process's own streams open a pipe each when they are first used
void [process.stdin, process.stdout, process.stderr]

const before = count()

afterAll(async () => {
  const deadline = Date.now() + 10_000
  for (;;) {
    const now = count()
    const leaked = counted.filter((kind) => (now[kind] ?? 0) > (before[kind] ?? 0))
    if (leaked.length === 0) return
    if (Date.now() > deadline) {
      throw new Error(
        `left open: ${leaked.map((kind) => `${(now[kind] ?? 0) - (before[kind] ?? 0)} ${kind}`).join(', ')}`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
})
