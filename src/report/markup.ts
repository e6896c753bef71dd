/** Text without the signs of mark-up, in XML and HTML alike; quotes are for whoever writes attributes. */
export function withoutMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
