const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi']

/** Bytes with the suffixes of Kubernetes' quantities: `812`, `1.5Gi`, `340Ki`. */
export function humanSize(bytes: number): string {
  let unit = 0
  let amount = bytes
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024
    unit++
  }
  const shown = unit > 0 && amount < 10 ? amount.toFixed(1).replace(/\.0$/, '') : String(Math.floor(amount))
  return `${shown}${units[unit]}`
}
