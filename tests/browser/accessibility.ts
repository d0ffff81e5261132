import axe from "axe-core";
import type { Page } from "playwright-core";

/** Rules that a page breaks, each with the elements that do. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    type Report = {
      violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[];
    };
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Report> } };
    const report = await axe.run();
    return report.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`)
    );
  });
}

/** By how much a page is wider than its window, 0 where it fits. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return Math.max(0, scrollWidth - clientWidth);
  });
}
