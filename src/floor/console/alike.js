// Whether anything is another.

/** Whether two pieces of plain data say the same. What is the very same object is not looked into, so unchanged state costs nothing. */
export function alike(one, other) {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((it, i) => alike(it, other[i]));
  if (one instanceof Set) return other instanceof Set && one.size === other.size && [...one].every((it) => other.has(it));
  if (one instanceof Map) return other instanceof Map && one.size === other.size && [...one].every(([key, it]) => other.has(key) && alike(it, other.get(key)));
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && alike(one[key], other[key]));
}
