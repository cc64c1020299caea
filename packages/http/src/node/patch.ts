/** Replaces a member of one object; the function returned puts back what was there. */
export function patch(target: object, name: string, member: PropertyDescriptor): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, {
    configurable: true,
    ...("value" in member ? { writable: true } : {}),
    ...member,
  });
  return () => {
    if (own === undefined) delete (target as Record<string, unknown>)[name];
    else Object.defineProperty(target, name, own);
  };
}
