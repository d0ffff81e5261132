import type { LensGrid } from "../../../scan/format/types.ts";
import { make, makeToken } from "../dom.ts";
import { colourAt, gridScales, lookFor, rampGradient } from "../palette.ts";
import { Disposer } from "../state.ts";
import { LoadError } from "../stream.ts";
import { formatNumber, formatProbability, sayToken, showToken } from "../text.ts";
import type { Panel } from "./panel.ts";

type Shade = keyof typeof gridScales;

/**
 * Every layer's best guess at every token, as a table. Its file is fetched when the `<details>` around
 * it opens and not before.
 */
export const lensGrid: Panel = (container, { session, lensUrl }) => {
  const disposer = new Disposer();
  const served = [...container.childNodes];
  const details = container.closest("details");
  const disposeTable = new Disposer();
  if (lensUrl === null) return () => {};

  const load = async () => {
    container.replaceChildren(make("p", { class: "ws-note", role: "status" }, "Fetching …"));
    try {
      const grid = await session.loadLens(lensUrl);
      container.replaceChildren(makeGrid(grid, session, disposeTable));
      disposeTable.add(() => container.replaceChildren(...served));
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      const again = make("button", { type: "button", class: "ws-retry" }, "Try again");
      again.addEventListener("click", () => void load());
      container.replaceChildren(make("p", { role: "alert" }, error.sentence), again);
    }
  };
  let asked = false;
  const loadOnce = () => {
    if (asked || (details && !details.open)) return;
    asked = true;
    load().catch((error) => {
      // Only an aborted load ends here: the page went on to another scan.
      if (!(error instanceof DOMException)) throw error;
    });
  };
  if (details) disposer.listen(details, "toggle", loadOnce);
  loadOnce();
  return () => {
    disposer.dispose();
    disposeTable.dispose();
  };
};

type GridSession = Parameters<Panel>[1]["session"];

function makeGrid(grid: LensGrid, session: GridSession, disposer: Disposer): DocumentFragment {
  const cells: HTMLTableCellElement[][] = [];
  const columns: HTMLTableCellElement[] = [];
  const head = make("tr", {}, make("th", { scope: "col" }, "Layer"));
  grid.tokens.forEach((token, column) => {
    columns[column] = make(
      "th",
      { scope: "col", title: sayToken(token.text) },
      showToken(token.text),
    );
    head.append(columns[column]);
  });
  const body = make("tbody");
  const rows = grid.layers.map((name, layer) => {
    const row = make("tr", {}, make("th", { scope: "row" }, name));
    cells[layer] = grid.tokens.map((_, column) => {
      const best = grid.guesses[layer][column][0];
      const bits = grid.entropy[layer][column];
      const button = make("button", {
        type: "button",
        // One stop for Tab; arrow keys walk the cells.
        tabindex: layer === 0 && column === 0 ? 0 : -1,
        title: `${name}: ${formatProbability(best?.p ?? NaN)}, entropy ${formatNumber(bits)} bits`,
      }, best ? makeToken(best.text) : "–");
      button.dataset.layer = String(layer);
      button.dataset.column = String(column);
      return make("td", {}, button);
    });
    row.append(...cells[layer]);
    return row;
  });
  body.append(...rows.slice().reverse());
  const table = make(
    "table",
    { class: "ws-table ws-grid" },
    make("caption", { class: "ws-hidden" }, "Best guess of the next token, last layer first"),
    make("thead", {}, head),
    body,
  );

  const shading = make(
    "select",
    { class: "ws-select" },
    ...Object.entries(gridScales).map(([key, scale]) =>
      make("option", { value: key }, scale.title)
    ),
  );
  const ramp = make("span", { class: "ws-ramp", "aria-hidden": "true" });
  const ends = [make("span"), make("span")];
  const most = grid.entropy.reduce((max, row) => Math.max(max, ...row), 0);

  const shade = () => {
    const name = shading.value as Shade;
    const scale = gridScales[name];
    ramp.style.background = rampGradient(scale, "light");
    ends[0].textContent = name === "probability" ? "0\u202f%" : "0 bits";
    ends[1].textContent = name === "probability" ? "100\u202f%" : `${formatNumber(most)} bits`;
    cells.forEach((row, layer) =>
      row.forEach((cell, column) => {
        const value = name === "probability"
          ? grid.guesses[layer][column][0]?.p ?? 0
          : most > 0
          ? grid.entropy[layer][column] / most
          : 0;
        const colour = colourAt(scale, "light", value);
        cell.style.background = colour;
        cell.style.color = lookFor(colour) === "light" ? "#000" : "#fff";
      })
    );
  };
  shade();

  const mark = () => {
    const chosen = session.token.value ?? grid.tokens.length - 1;
    rows.forEach((row, layer) =>
      row.toggleAttribute("data-current", layer === session.layer.value)
    );
    columns.forEach((cell, column) => cell.toggleAttribute("data-current", column === chosen));
  };
  disposer.add(session.layer.follow(mark), session.token.subscribe(mark));
  disposer.listen(shading, "change", shade);
  disposer.listen(body, "click", (event) => {
    const place = placeOf(event.target);
    if (place === null) return;
    session.seek(place.layer);
    session.token.value = place.column === grid.tokens.length - 1 ? null : place.column;
  });
  disposer.listen<KeyboardEvent>(body, "keydown", (event) => {
    const step = gridKeys[event.key];
    const place = placeOf(event.target);
    if (step === undefined || place === null || event.ctrlKey || event.metaKey) return;
    const next = cells[place.layer + step[0]]?.[place.column + step[1]]?.querySelector("button");
    if (!next) return;
    event.preventDefault();
    cells[place.layer][place.column].querySelector("button")!.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  const result = document.createDocumentFragment();
  result.append(
    make(
      "div",
      { class: "ws-grid-tools" },
      make("label", {}, "Shade by ", shading),
      make("span", { class: "ws-grid-legend" }, ends[0], ramp, ends[1]),
    ),
    make("div", {
      class: "ws-scroller",
      role: "region",
      tabindex: 0,
      "aria-label": "Best guess of every layer at every token",
    }, table),
  );
  return result;
}

/** Layers and columns to go; the last layer is the top row. */
const gridKeys: { readonly [key: string]: readonly [number, number] } = {
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function placeOf(target: EventTarget | null): { layer: number; column: number } | null {
  const button = target instanceof Element
    ? target.closest<HTMLElement>("button[data-layer]")
    : null;
  if (button === null) return null;
  return { layer: Number(button.dataset.layer), column: Number(button.dataset.column) };
}
