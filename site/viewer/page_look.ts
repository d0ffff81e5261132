import { type Look, lookFor } from "./palette.ts";
import { type Disposer, type Readable, Tracked } from "./state.ts";

/** Whether the page, unlike the stage, is dark or light now: scales of panels in the page hang on it. */
export function followPageLook(disposer: Disposer): Readable<Look> {
  const read = () => lookFor(getComputedStyle(document.body).backgroundColor);
  const look = new Tracked(read());
  const update = () => look.value = read();
  const themed = new MutationObserver(update);
  themed.observe(document.documentElement, { attributeFilter: ["data-theme", "class"] });
  disposer.add(() => themed.disconnect());
  disposer.listen(matchMedia("(prefers-color-scheme: dark)"), "change", update);
  return look;
}
