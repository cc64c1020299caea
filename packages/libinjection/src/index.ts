export function detectSqli(_value: string): string | undefined { return undefined; }
export function detectXss(_value: string): boolean { return false; }
