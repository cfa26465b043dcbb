const PROBE_MS = 2_000

/** The instance that answers at an address, or undefined where nobody of ours does. */
export const probeInstance = async (url: string): Promise<string | undefined> => {
  try {
    const response = await fetch(new URL('/healthz', url), {
      signal: AbortSignal.timeout(PROBE_MS),
      redirect: 'error',
    })
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && 'instance' in body
      ? String(body.instance)
      : undefined
  } catch {
    return undefined
  }
}
