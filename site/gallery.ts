/** The gallery's script: search, tags, and stills that come alive. Small; three.js comes on demand. */
import { createSearch, type Match } from "./search.ts";
import { readQuery, writeQuery } from "./gallery_query.ts";

const gallery = document.querySelector<HTMLElement>("[data-gallery]");
if (gallery) {
  startFilters(gallery);
  startPreviews(gallery);
  startTransitions(gallery);
}

/** Tags in the open before the button for the others; as `pages/gallery.page.ts` has it. */
const nTags = 10;

/** Filters cards in place; what is asked for stands in the address, so that it can be shared. */
function startFilters(gallery: HTMLElement): void {
  const filters = gallery.querySelector<HTMLElement>("[data-filters]");
  const input = filters?.querySelector<HTMLInputElement>("input[type=search]");
  const count = gallery.querySelector<HTMLElement>("[data-count]");
  const nothing = gallery.querySelector<HTMLElement>("[data-nothing]");
  if (!filters || !input || !count || !nothing) return;

  const chips = [...filters.querySelectorAll<HTMLButtonElement>("[data-tag]")];
  const cards = [...gallery.querySelectorAll<HTMLElement>(".card")];
  const search = createSearch(cards.map((card) => ({
    text: card.querySelector(".card-text")?.textContent ?? "",
    title: card.querySelector("h3")?.textContent ?? "",
    keywords: card.dataset.search ?? "",
    tags: (card.dataset.tags ?? "").split(" "),
  })));
  let query = readQuery(location.search);

  const apply = () => {
    const matches = new Set<Match>(search(query));
    cards.forEach((card, i) => card.hidden = !matches.has(i));
    for (const chip of chips) {
      chip.setAttribute("aria-pressed", String(query.tags.includes(chip.dataset.tag ?? "")));
    }
    const isAll = query.text.trim() === "" && query.tags.length === 0;
    count.textContent = isAll
      ? `All ${cards.length} shown`
      : `${matches.size} of ${cards.length} shown`;
    nothing.hidden = matches.size > 0;
  };
  const change = (next: typeof query) => {
    query = next;
    history.replaceState(null, "", location.pathname + writeQuery(query) + location.hash);
    apply();
  };

  input.value = query.text;
  apply();
  input.addEventListener("input", () => change({ ...query, text: input.value }));
  const more = filters.querySelector<HTMLButtonElement>("[data-more]");
  more?.addEventListener("click", () => {
    more.setAttribute("aria-expanded", "true");
    more.parentElement?.querySelector<HTMLElement>(`.chip:nth-of-type(${nTags + 1})`)?.focus();
  });
  filters.addEventListener("click", (event) => {
    const tag = event.target instanceof Element
      ? event.target.closest<HTMLElement>("[data-tag]")?.dataset.tag
      : undefined;
    if (tag === undefined) return;
    const tags = query.tags.includes(tag)
      ? query.tags.filter((other) => other !== tag)
      : [...query.tags, tag];
    change({ ...query, tags });
  });
  nothing.querySelector("[data-clear]")?.addEventListener("click", () => {
    input.value = "";
    change({ text: "", tags: [] });
    input.focus();
  });
  addEventListener("popstate", () => {
    query = readQuery(location.search);
    input.value = query.text;
    apply();
  });
}

/** A card's film grows into the stage of its page, where browsers can move between pages. */
function startTransitions(gallery: HTMLElement): void {
  const stages = [...gallery.querySelectorAll<HTMLElement>(".card-stage")];
  gallery.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest(".card a") : null;
    const chosen = link?.closest(".card")?.querySelector(".card-stage");
    if (!chosen) return;
    for (const stage of stages) stage.style.viewTransitionName = stage === chosen ? "film" : "";
  });
}

/** How long a pointer rests on a card before its scan is fetched. */
const restMs = 120;

/** On hover or focus a card's still comes alive, drawn by the one renderer that all cards share. */
function startPreviews(gallery: HTMLElement): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  let current: HTMLElement | null = null;
  let stop: (() => void) | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const leave = () => {
    clearTimeout(timer);
    stop?.();
    stop = null;
    current = null;
  };
  const enter = (card: HTMLElement) => {
    if (card === current) return;
    leave();
    current = card;
    timer = setTimeout(() => void play(card), restMs);
  };
  const play = async (card: HTMLElement) => {
    const stage = card.querySelector<HTMLElement>(".card-stage");
    const src = card.dataset.src;
    if (!stage || !src) return;
    try {
      const { previewIn } = await import("./viewer/preview.ts");
      if (current === card) stop = previewIn(stage, src);
    } catch { /* The still stays: it shows the same scan. */ }
  };
  const cardOf = (event: Event) =>
    event.target instanceof Element ? event.target.closest<HTMLElement>(".card") : null;

  const point = (event: PointerEvent) => {
    const card = cardOf(event);
    // The page scrolls to what gets the focus, and cards pass under a pointer that rests.
    if (event.type === "pointerover" && current?.matches(":focus-within")) return;
    // A finger that scrolls past must not start downloads.
    if (card && event.pointerType !== "touch") enter(card);
    else if (!card) leave();
  };
  gallery.addEventListener("pointerover", point);
  gallery.addEventListener("pointermove", point);
  gallery.addEventListener("pointerleave", leave);
  gallery.addEventListener("focusin", (event) => {
    const card = cardOf(event);
    if (card) enter(card);
  });
  gallery.addEventListener("focusout", (event) => {
    const next = event.relatedTarget;
    if (!(next instanceof Node && current?.contains(next))) leave();
  });
}
