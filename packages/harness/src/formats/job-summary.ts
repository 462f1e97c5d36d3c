/** GitHub refuses a step's summary above 1 MiB. */
const jobSummaryLimit = 1024 * 1024;

const bytes = (text: string): number => new TextEncoder().encode(text).length;

/**
 * Markdown sections as a GitHub job summary: a section that no longer fits within the limit is left out whole, and the summary says
 * which, so that a table is never cut in the middle.
 *
 * @param sections Markdown, the most important first.
 */
export function jobSummary(
  sections: readonly { readonly title: string; readonly markdown: string }[],
  limit = jobSummaryLimit,
): string {
  const kept: string[] = [];
  const dropped: string[] = [];
  const notice = (titles: readonly string[]): string =>
    titles.length === 0
      ? ''
      : `\n> Left out, the summary would be too long: ${titles.join(', ')}. The rows have them.\n`;
  // Room for the notice that names every section, should all be left out.
  let room = limit - bytes(notice(sections.map(({ title }) => title)));
  for (const { title, markdown } of sections) {
    const text = markdown.endsWith('\n') ? markdown : `${markdown}\n`;
    const size = bytes(text) + 1;
    if (size <= room) {
      kept.push(text);
      room -= size;
    } else dropped.push(title);
  }
  return kept.join('\n') + notice(dropped);
}
