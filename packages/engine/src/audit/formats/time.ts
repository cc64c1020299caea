const two = (value: number): string => String(value).padStart(2, "0");

/** `YYYY/MM/DD HH:MM:SS`, local time. */
export function formatTimestamp(ms: number): string {
  const date = new Date(ms);
  const day = `${date.getFullYear()}/${two(date.getMonth() + 1)}/${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
