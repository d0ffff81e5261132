import { make } from "../dom.ts";
import { colourAt, type Look, lookFor, rampGradient, type Scale } from "../palette.ts";
import type { Disposer } from "../state.ts";

/** What a cell shows. */
export interface HeatCell {
  /** Place on the scale, 0 … 1; null is drawn as not compared. */
  readonly place: number | null;
  /** Its number, for those who want to read it. */
  readonly number: string;
  /** A sign on it whatever its number, "" mostly. */
  readonly sign: string;
  /** All of it in words. */
  readonly say: string;
  /** A colour of its own instead of the scale's. */
  readonly colour?: string;
  /** Whether it lies on a line that is drawn over the map, which would cover its number. */
  readonly isOnPath?: boolean;
}

export interface HeatGridOptions {
  /** What a screen reader calls it. */
  readonly label: string;
  /** Names of the rows, first layer first; it is drawn at the bottom. */
  readonly rows: readonly string[];
  readonly nColumns: number;
  /** Rows of column heads. They stand above where there are tokens, below where there are layers. */
  readonly head: readonly HTMLTableRowElement[];
  readonly headAt: "top" | "bottom";
  /** Column in view at first, where not all fit. */
  readonly firstColumn?: number;
  onChoose(row: number, column: number): void;
}

/** A place of a heat map. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/**
 * A heat map as a grid that keys walk: one stop for Tab, arrows from cell to cell, Home and End along a
 * row, Enter or space to choose. The cell under the pointer or the focus, or else the chosen one, is read out below.
 */
export class HeatGrid {
  readonly element: HTMLElement;
  readonly #scroller: HTMLElement;
  readonly #table: HTMLTableElement;
  readonly #readout = make("p", { class: "heat-readout", "aria-hidden": "true" });
  readonly #rows: HTMLTableRowElement[] = [];
  readonly #cells: HTMLTableCellElement[][] = [];
  #contents: HeatCell[][] = [];
  #chosen: Place | null = null;
  #pointed: Place | null = null;
  #stop: Place;

  constructor(options: HeatGridOptions, disposer: Disposer) {
    const { rows, nColumns, head, label } = options;
    const last = rows.length - 1;
    this.#stop = { row: last, column: 0 };
    const body = make("tbody");
    rows.forEach((name, row) => {
      this.#cells[row] = Array.from({ length: nColumns }, (_, column) => {
        const cell = make("td", { tabindex: -1 });
        cell.dataset.row = String(row);
        cell.dataset.column = String(column);
        return cell;
      });
      this.#rows[row] = make(
        "tr",
        {},
        make("th", { scope: "row" }, name),
        ...this.#cells[row],
      );
    });
    body.append(...this.#rows.toReversed());
    const heads = options.headAt === "top"
      ? make("thead", {}, ...head)
      : make("tfoot", {}, ...head);
    this.#table = make(
      "table",
      { class: "heat", role: "grid", "aria-label": label, "aria-readonly": "true" },
    );
    this.#table.append(...options.headAt === "top" ? [heads, body] : [body, heads]);
    this.#scroller = make("div", { class: "heat-scroller" }, this.#table);
    this.element = make(
      "div",
      { class: "heat-map" },
      make("div", { class: "heat-window" }, this.#scroller),
      this.#readout,
    );
    this.#moveStop(this.#stop);
    this.#listen(body, options, disposer);
    this.#hintAtMore(options.firstColumn ?? 0, disposer);
  }

  /** The table alone, for what is drawn over it. */
  get table(): HTMLTableElement {
    return this.#table;
  }

  /** What scrolls. */
  get scroller(): HTMLElement {
    return this.#scroller;
  }

  /** Fills every cell. */
  draw(scale: Scale, look: Look, content: (row: number, column: number) => HeatCell): void {
    this.#contents = this.#cells.map((cells, row) =>
      cells.map((cell, column) => {
        const filled = content(row, column);
        const { place, colour = place === null ? "" : colourAt(scale, look, place) } = filled;
        cell.style.background = colour;
        cell.style.color = colour === "" ? "" : lookFor(colour) === "light" ? "#000" : "#fff";
        cell.classList.toggle("heat-none", place === null);
        cell.classList.toggle("heat-on-path", filled.isOnPath === true);
        cell.replaceChildren(
          make("span", { class: "ws-hidden" }, filled.say),
          make("span", { class: "heat-sign", "aria-hidden": "true" }, filled.sign),
          make(
            "span",
            { class: "heat-number", "aria-hidden": "true" },
            filled.number || filled.sign,
          ),
        );
        return filled;
      })
    );
    this.#read();
  }

  /** Whether the numbers stand in the cells. */
  showNumbers(shown: boolean): void {
    this.#table.toggleAttribute("data-numbers", shown);
  }

  /** Marks the row of a layer. */
  markRow(current: number): void {
    this.#rows.forEach((row, i) => row.toggleAttribute("data-current", i === current));
  }

  /** Marks a chosen cell. */
  choose(place: Place | null): void {
    const cellAt = (at: Place | null) => at && this.#cells[at.row]?.[at.column];
    cellAt(this.#chosen)?.removeAttribute("aria-selected");
    this.#chosen = cellAt(place) ? place : null;
    const cell = cellAt(this.#chosen);
    cell?.setAttribute("aria-selected", "true");
    if (cell) this.#reveal(cell);
    this.#read();
  }

  /** Brings a cell that was chosen elsewhere into view, sideways only: the page stays where it is. */
  #reveal(cell: HTMLElement): void {
    const { scrollLeft, clientWidth } = this.#scroller;
    const name = cell.parentElement?.firstElementChild;
    const head = name instanceof HTMLElement ? name.offsetWidth : 0;
    const start = cell.offsetLeft - head - cell.offsetWidth;
    const end = cell.offsetLeft + 2 * cell.offsetWidth - clientWidth;
    if (start < scrollLeft) this.#scroller.scrollLeft = start;
    else if (end > scrollLeft) this.#scroller.scrollLeft = end;
  }

  #listen(body: HTMLElement, options: HeatGridOptions, disposer: Disposer): void {
    disposer.listen(body, "click", (event) => {
      const place = placeOf(event.target);
      if (place === null) return;
      this.#moveStop(place);
      options.onChoose(place.row, place.column);
    });
    disposer.listen<KeyboardEvent>(body, "keydown", (event) => {
      const place = placeOf(event.target);
      if (place === null || event.altKey || event.metaKey) return;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        options.onChoose(place.row, place.column);
        return;
      }
      const next = this.#nextPlace(place, event);
      if (next === null) return;
      event.preventDefault();
      this.#moveStop(next);
      this.#cells[next.row][next.column].focus();
    });
    const point = (place: Place | null) => {
      this.#pointed = place;
      this.#read();
    };
    disposer.listen(body, "pointerover", (event) => point(placeOf(event.target)));
    disposer.listen(body, "pointerleave", () => point(null));
    disposer.listen(body, "focusin", (event) => point(placeOf(event.target)));
    disposer.listen(body, "focusout", () => point(null));
  }

  #nextPlace({ row, column }: Place, { key, ctrlKey }: KeyboardEvent): Place | null {
    const lastRow = this.#cells.length - 1;
    const lastColumn = (this.#cells[0]?.length ?? 0) - 1;
    if (key === "Home") return { row: ctrlKey ? lastRow : row, column: 0 };
    if (key === "End") return { row: ctrlKey ? 0 : row, column: lastColumn };
    const step = ctrlKey ? undefined : gridKeys[key];
    if (step === undefined) return null;
    return {
      row: Math.min(lastRow, Math.max(0, row + step[0])),
      column: Math.min(lastColumn, Math.max(0, column + step[1])),
    };
  }

  /** The cell that Tab reaches. */
  #moveStop(place: Place): void {
    const before = this.#cells[this.#stop.row]?.[this.#stop.column];
    if (before) before.tabIndex = -1;
    const cell = this.#cells[place.row]?.[place.column];
    if (!cell) return;
    cell.tabIndex = 0;
    this.#stop = place;
  }

  #read(): void {
    const place = this.#pointed ?? this.#chosen;
    const cell = place && this.#contents[place.row]?.[place.column];
    this.#readout.textContent = cell ? cell.say : "Point at a cell to read it.";
    this.#readout.toggleAttribute("data-empty", !cell);
  }

  /** Says on which sides there is more than fits, and begins where it matters. */
  #hintAtMore(firstColumn: number, disposer: Disposer): void {
    const scroller = this.#scroller;
    let hasBegun = false;
    const begin = () => {
      const cell = this.#cells[0]?.[firstColumn];
      if (hasBegun || !cell || scroller.clientWidth === 0) return;
      hasBegun = true;
      const name = cell.parentElement?.firstElementChild;
      const head = name instanceof HTMLElement ? name.offsetWidth : 0;
      // The column before stays in view: it shows that nothing differs there.
      if (firstColumn > 0) scroller.scrollLeft = cell.offsetLeft - head - cell.offsetWidth;
    };
    const update = () => {
      const { scrollLeft, scrollWidth, clientWidth } = scroller;
      const box = scroller.parentElement;
      box?.toggleAttribute("data-more-start", scrollLeft > 1);
      box?.toggleAttribute("data-more-end", scrollLeft + clientWidth < scrollWidth - 1);
    };
    disposer.listen(scroller, "scroll", update, { passive: true });
    const resized = new ResizeObserver(() => {
      begin();
      update();
    });
    resized.observe(scroller);
    disposer.add(() => resized.disconnect());
  }
}

/** Rows and columns to go; the last layer is the top row. */
const gridKeys: { readonly [key: string]: readonly [number, number] } = {
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function placeOf(target: EventTarget | null): Place | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("td[data-row]") : null;
  if (cell === null) return null;
  return { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
}

/** A legend: the ramp of a scale between what its ends mean, and what is hatched. */
export class HeatLegend {
  readonly element: HTMLElement;
  readonly #ramp = make("span", { class: "ws-ramp", "aria-hidden": "true" });
  readonly #ends = [make("span"), make("span")];

  constructor(none: string) {
    this.element = make(
      "p",
      { class: "heat-legend" },
      make("span", { class: "heat-legend-scale" }, this.#ends[0], this.#ramp, this.#ends[1]),
      make(
        "span",
        { class: "heat-legend-none" },
        make("span", { class: "heat-swatch heat-none", "aria-hidden": "true" }),
        none,
      ),
    );
  }

  draw(scale: Scale, look: Look, low: string, high: string): void {
    this.#ramp.style.background = rampGradient(scale, look);
    this.#ends[0].textContent = low;
    this.#ends[1].textContent = high;
  }

  /** Hides the scale where colours are classes. */
  showScale(shown: boolean): void {
    const scale = this.#ramp.parentElement;
    if (scale) scale.hidden = !shown;
  }
}
