/** The registry and path of an image, without its tag and digest: `registry.example.org:5000/team/app`. */
export function imagePath(reference: string): string {
  const [name = ''] = reference.split('@', 1);
  // A colon before the last slash is that of a port.
  return name.replace(/:[^:/]*$/, '') || 'unknown';
}
