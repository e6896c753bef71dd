/** Text without the signs of mark-up, in XML and HTML alike; see `attribute` for quotes. */
export function withoutMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The value of an attribute that stands in double quotes. */
export function attribute(text: string): string {
  return withoutMarkup(text).replaceAll('"', "&quot;");
}
